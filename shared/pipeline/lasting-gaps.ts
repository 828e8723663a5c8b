import { z } from 'zod';
import type { Condition } from '../alerts/conditions.ts';
import { resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { GapReport } from '../reports/report.ts';
import { counted } from '../reports/text-layout.ts';
import type { ScanState, WorkFiles } from '../store-ports.ts';
import { endConditions, noteCondition } from './note-condition.ts';
import type { ServiceContext } from './service-context.ts';

/** What could not be read in so many scans in a row does not mend itself. */
const scansInARow = 3;
/** As many are named in an alert. */
const named = 3;
const file = 'gaps/seen.json';

const seenGaps = z.object({
  scanId: z.string(),
  /** By scope and what is missing: in how many scans in a row. */
  counts: z.record(z.string(), z.number()),
});

/**
 * Alerts where something could not be read in three scans in a row: one alert for each subscription,
 * and one for what lies in none. Doing it twice for one scan counts once.
 */
export async function noteLastingGaps(
  context: ServiceContext,
  { scanId }: Pick<ScanState, 'scanId'>,
  gaps: readonly GapReport[],
): Promise<void> {
  const { files } = context.stores;
  const before = await seenIn(files);
  const counts = Object.fromEntries(
    gaps.map((gap) => {
      const known = before?.counts[nameOf(gap)] ?? 0;
      return [nameOf(gap), before?.scanId === scanId ? Math.max(known, 1) : known + 1];
    }),
  );
  await files.write(file, piecesOf(JSON.stringify({ scanId, counts })));
  const lasting = gaps.filter((gap) => (counts[nameOf(gap)] ?? 0) >= scansInARow);
  const byPlace = Map.groupBy(lasting, ({ scope }) => placeOf(scope));
  const conditions = [...byPlace].map(([scope, own]): Condition => {
    const list = own.slice(0, named).map(({ what, why }) => `${what} (${why})`);
    const more = own.length > named ? ` and ${own.length - named} more` : '';
    const summary = `${counted(own.length, 'thing')} could not be read in ${scansInARow} scans in a row: ${list.join('; ')}${more}.`;
    return { id: 'scope-readable', scope, which: '', summary };
  });
  for (const condition of conditions) await noteCondition(context, condition);
  await endConditions(context, 'scope-readable', conditions);
}

async function seenIn(files: WorkFiles): Promise<z.output<typeof seenGaps> | undefined> {
  let text = '';
  for await (const line of (await files.lines(file)) ?? []) text += line;
  return text === '' ? undefined : seenGaps.parse(JSON.parse(text));
}

async function* piecesOf(text: string): AsyncGenerator<string> {
  yield text;
}

function nameOf({ scope, what }: GapReport): string {
  return `${scope.toLowerCase()}\n${what}`;
}

function placeOf(scope: string): string {
  const subscription = scope.startsWith('/') ? subscriptionIdOf(resourceId(scope)) : undefined;
  return subscription === undefined ? '/' : `/subscriptions/${subscription}`;
}
