import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { planners } from '../../shared/remediation/planners.ts';
import { type CheckCase, settings } from '../checks/build.ts';

const terms = {
  band: { from: 3000, to: 3999 },
  expiresAt: '2026-11-27T02:00:00.000Z',
  reserved: [],
};
const folder = join(import.meta.dirname, '../checks/cases');
const caseTables = new Map<string, readonly CheckCase[]>(
  await Promise.all(
    readdirSync(folder).map(async (file) => {
      const { default: cases } = (await import(join(folder, file))) as {
        readonly default: readonly CheckCase[];
      };
      return [file.replace('.ts', ''), cases] as const;
    }),
  ),
);

/** Every case of a check that fails, and what its planner makes of it. */
function outcomesOf(checkId: string) {
  const check = catalogue.find(({ id }) => id === checkId);
  const planner = planners.get(checkId);
  if (check === undefined || planner === undefined) throw new TypeError(`no planner ${checkId}`);
  return (caseTables.get(checkId) ?? [])
    .filter(({ expect: kind }) => kind === 'fail')
    .map(({ name, given, settings: own }) => ({
      name,
      planned: planner(
        {
          check,
          cluster: given,
          settings: { ...settings, ...own },
          fingerprint: 'f'.repeat(32),
          others: [],
          checks: catalogue,
        },
        terms,
      ),
    }));
}

describe('planners', () => {
  it('exist for every check that says so, and for no other', () => {
    const promised = catalogue
      .filter(({ remediation }) => remediation === 'automatic' || remediation === 'approval')
      .map(({ id }) => id);
    expect([...planners.keys()].toSorted()).toEqual(promised.toSorted());
  });

  it.each([...planners.keys()])(
    '%s: every plan is proven, and nothing but a plan is promised',
    (id) => {
      const outcomes = outcomesOf(id);
      const plans = outcomes.flatMap(({ planned }) =>
        planned.kind === 'plan' ? [planned.plan] : [],
      );
      expect(plans.length).toBeGreaterThan(0);
      for (const { proof, changes, undo, permissions, approval, summary } of plans) {
        expect(Object.values(proof)).toEqual([true, true, true, true]);
        expect(undo.map(({ url }) => url).toReversed()).toEqual(changes.map(({ url }) => url));
        expect(permissions.length).toBeGreaterThan(0);
        const isAutomatic = catalogue.find((check) => check.id === id)?.remediation === 'automatic';
        expect(approval).toBe(!isAutomatic || summary.includes('comes before what'));
      }
    },
  );

  it('say of each case whether it is planned, and why not', () => {
    const told = [...planners.keys()].map((id) => [
      id,
      Object.fromEntries(
        outcomesOf(id).map(({ name, planned }) => [
          name,
          planned.kind === 'plan'
            ? planned.plan.summary.replaceAll(/-[0-9a-f]{8}\b/g, '-…')
            : `NO: ${planned.unplanned.because}`,
        ]),
      ),
    ]);
    expect(Object.fromEntries(told)).toMatchSnapshot();
  });

  it('open the metadata service by its tag, and nothing else', () => {
    const told = outcomesOf('default-outbound-kept').flatMap(({ name, planned }) =>
      name.startsWith('only the metadata') && planned.kind === 'plan' ? [planned.plan] : [],
    );
    expect(told.map(({ diff, changes }) => [diff, changes[0]?.body])).toEqual([
      [
        {
          newlyAllowed: [expect.objectContaining({ destinations: ['169.254.169.254/32'] })],
          newlyDenied: [],
          newlyGranted: [],
        },
        { properties: expect.objectContaining({ destinationAddressPrefix: 'AzurePlatformIMDS' }) },
      ],
    ]);
  });
});
