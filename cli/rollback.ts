import type { JournalRow } from '../shared/remediation/journal.ts';
import type { Plan } from '../shared/remediation/plan.ts';
import { appliedText, outcomeText, stepText } from '../shared/reports/applied-text.ts';
import { rollbackLines } from '../shared/reports/plan-text.ts';
import { type RollbackEffects, rollbackEffectLines } from '../shared/reports/rollback-effects.ts';
import { settingsFileName } from '../shared/settings/settings-from-text.ts';
import { type StorageAccess, storageAccessIn } from '../shared/settings/environment.ts';
import { agreed, changingFlags, journalNamed, remediatorIn, whoAsks } from './apply.ts';
import type { Arguments, Verb } from './arguments.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import { progressOn } from './progress.ts';
import { readSettings } from './read-settings.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

export const rollbackVerb: Verb = {
  name: 'rollback',
  summary:
    'Takes back what a remediation made: only what bears our mark and nobody has changed since.',
  usage: 'portcullis rollback <journal-file or id> [--storage <url>] [flags]',
  operands: ['<journal-file or id>'],
  flags: [
    {
      name: 'storage',
      value: '<url>',
      says: "Take back a remediation of the service, by its id: the address of the blobs of the service's storage account. Without it, the journal that portcullis apply wrote in this folder.",
    },
    cloudFlag,
    {
      name: 'settings',
      value: '<file>',
      says: `Judge what would fail after it by these settings instead of ${settingsFileName} in this folder.`,
    },
    ...changingFlags,
  ],
  notes: [
    'Before it asks, it reads the tenant and shows which checks of which clusters would come to fail, for others may have come to rely on what was made, and what is left because somebody has changed or locked it. With --yes nobody is asked, and nothing is read for that.',
    'Nothing is removed unless PORTCULLIS_REMEDIATOR_CLIENT_ID names the application (client) id of whoever may change something, and it signs in, as for portcullis apply.',
    'Exit codes: 0 all of it is taken back, 1 something was left, 2 it could not be tried, 3 somebody else writes to the resource.',
  ],
  examples: [
    {
      command: 'portcullis rollback portcullis-494321eafeaa7752.jsonl',
      says: 'What the command did',
    },
    {
      command:
        'portcullis rollback 494321eafeaa7752 --storage https://mystorage.blob.core.windows.net',
      says: 'What the service did',
    },
  ],
};

/** Takes a remediation back; the exit code. */
export async function rollback(args: Arguments, world: World, services: Services): Promise<number> {
  const [named = ''] = args.operands;
  const identity = remediatorIn(world);
  const storage = storageNamed(args, world);
  const sheet = {
    paint: paintFor(world.stdout, world.env, args.has('no-color')),
    width: readableWidth(world.stdout, world.env),
  };
  const options = {
    agree: async (plan: Plan, rows: readonly JournalRow[]) => {
      await world.stdout.write(`${rollbackLines(plan, sheet).join('\n')}\n\n`);
      if (!args.has('yes') && world.stdinIsTerminal === true) {
        const effects = await effectsOf(rows, args, world, services);
        await world.stdout.write(`${rollbackEffectLines(effects, sheet).join('\n')}\n\n`);
      }
      return agreed('Take it back?', args, world);
    },
    source: liveSource(args, world),
    identity,
    by: whoAsks(),
    now: world.now,
    onRow: (row: Parameters<typeof stepText>[0]) => {
      const text = stepText(row);
      if (text !== undefined && !args.has('quiet')) void world.stderr.write(`  ${text}\n`);
    },
  };
  if (storage === undefined) {
    const rollBackFile = await services.rollBackFile();
    const applied = await rollBackFile(journalNamed(named, world.folder), options);
    if (applied === undefined) return 0;
    const { result } = applied;
    const isDone = result.kind === 'ended' && result.outcome === 'rolledBack';
    await world.stdout.write(`${appliedText(applied.plan, applied, sheet, isDone)}\n`);
    return isDone ? 0 : 1;
  }
  const rollBackKept = await services.rollBackKept();
  const outcome = await rollBackKept(named.toLowerCase(), storage, options);
  if (outcome === undefined) return 0;
  await world.stdout.write(`${named}: ${outcomeText(outcome)}\n`);
  if (outcome.kind === 'busy') return 3;
  return outcome.kind === 'ended' && outcome.outcome === 'rolledBack' ? 0 : 1;
}

/** What taking back what these rows tell of would do; where that cannot be told, whoever is asked hears why. */
async function effectsOf(
  rows: readonly JournalRow[],
  args: Arguments,
  world: World,
  services: Services,
): Promise<RollbackEffects> {
  const progress = progressOn(world, args.has('quiet'));
  try {
    const checkIds = (await services.catalogue()).map(({ id }) => id);
    const settings = await readSettings(args.text('settings'), world, checkIds);
    const foresee = await services.foresee();
    const foreseen = await foresee({
      source: liveSource(args, world),
      settings,
      strict: false,
      now: world.now,
      onProgress: (event) => {
        progress.update(event);
      },
      rows,
    });
    return { kind: 'judged', ...foreseen };
  } catch (error) {
    // Whoever wants something taken back is not kept from it by what cannot be read.
    return { kind: 'unknown', because: error instanceof Error ? error.message : String(error) };
  } finally {
    await progress.done();
  }
}

/** The storage account by the address of its blobs, or by the connection string in the environment. */
function storageNamed(args: Arguments, { env }: World): StorageAccess | undefined {
  const url = args.text('storage');
  return url === undefined ? undefined : storageAccessIn(url, env['AzureWebJobsStorage']);
}
