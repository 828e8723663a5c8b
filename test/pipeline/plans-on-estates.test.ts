/** Plans for whole estates, carried out on their rows: what is promised comes true, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { writtenAzure } from '../adapters/azure/written-azure.ts';
import { auditRows, planRows } from './audit-rows.ts';
import { afterWrite } from './written-estate.ts';

const isDeep = import.meta.env.MODE === 'deep';
const seeds = isDeep ? [1, 2, 3, 4, 6, 7, 9, 10] : [1];
const clusters = isDeep ? 200 : 60;

function applied(rows: readonly object[], plans: readonly Plan[]): readonly object[] {
  return plans
    .flatMap(({ changes }) => changes)
    .reduce<readonly object[]>((before, change) => afterWrite(before, change), rows);
}

function undone(rows: readonly object[], plans: readonly Plan[]): readonly object[] {
  return plans
    .toReversed()
    .flatMap(({ undo }) => undo)
    .reduce<readonly object[]>((before, change) => afterWrite(before, change), rows);
}

/** What the simulator says of each request, where it is not that something changed. */
async function unwritten(
  { writer }: Awaited<ReturnType<typeof writtenAzure>>,
  requests: readonly ArmWrite[],
): Promise<readonly unknown[]> {
  const refused: unknown[] = [];
  for (const request of requests) {
    const answer = await writer.send(request);
    if (answer.kind !== 'made') refused.push([answer, request]);
  }
  return refused;
}

/** Whether a deny assignment of the estate keeps everybody from writing rules there. */
function barredIn(rows: readonly object[]): (request: ArmWrite) => boolean {
  const scopes = rows
    .filter((row) => /denyassignments$/i.test(String(Reflect.get(row, 'type'))))
    .map((row) => Reflect.get(row, 'properties') as DenyProperties)
    .filter(({ principals }) => principals.some(({ id }) => /^[0-]+$/.test(id)))
    .map(({ scope }) => `${scope}/`.toLowerCase());
  return ({ url }) =>
    url.includes('/securityRules/') && scopes.some((scope) => url.toLowerCase().startsWith(scope));
}

interface DenyProperties {
  readonly scope: string;
  readonly principals: readonly { readonly id: string }[];
}

function isWell(verdict: { readonly kind: string } | undefined): boolean {
  return verdict?.kind === 'pass' || verdict?.kind === 'notApplicable';
}

describe.each(seeds)('the estate of seed %i', (seed) => {
  const { rows, settings } = generateEstate(seed, clusters);

  it('is put right by its plans, which Azure takes, and is as it was once they are undone', async () => {
    const planned = await planRows(rows, settings);
    const plans = planned.flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
    expect(plans.length).toBeGreaterThan(clusters / 10);
    const before = await auditRows(rows, settings);
    const changed = applied(rows, plans);
    const after = await auditRows(changed, settings);

    // Where the default rules are kept again, nothing is left to ask of restricted outbound.
    const stillFailing = plans
      .map(({ clusterId, checkId }) => `${clusterId} ${checkId}`)
      .filter((key) => !isWell(after.verdicts.get(key)));
    expect(stillFailing).toEqual([]);

    const places = plans.flatMap((plan) => plan.places.map((place) => JSON.stringify(place)));
    expect(new Set(places).size).toBe(places.length);

    const broken = [...before.verdicts].filter(([key, { kind }]) => {
      return kind === 'pass' && !isWell(after.verdicts.get(key));
    });
    expect(broken.map(([key]) => key)).toEqual([]);

    const second = await planRows(changed, settings);
    const repeated = second.flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
    const done = new Set(plans.map(({ fingerprint }) => fingerprint));
    expect(repeated.filter(({ fingerprint }) => done.has(fingerprint))).toEqual([]);

    expect(undone(changed, plans)).toEqual(rows);

    const azure = await writtenAzure({
      rows: rows.map((row) => ({ ...row })),
      attemptMs: 60_000,
    });
    const untouched = azure.simulator.snapshot();
    const isBarred = barredIn(rows);
    const changes = plans.flatMap((plan) => plan.changes);
    const open = changes.filter((one) => !isBarred(one));
    expect(await unwritten(azure, open)).toEqual([]);
    for (const request of changes.filter(isBarred)) {
      const says = expect.stringContaining('A deny assignment forbids it');
      expect(await azure.writer.send(request)).toEqual({ kind: 'refused', says });
    }
    expect(azure.simulator.snapshot()).not.toBe(untouched);
    const undo = plans
      .toReversed()
      .flatMap((plan) => plan.undo)
      .filter((one) => !isBarred(one));
    expect(await unwritten(azure, undo)).toEqual([]);
    expect(azure.simulator.snapshot()).toBe(untouched);
  });
});
