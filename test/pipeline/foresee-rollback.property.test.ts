/** What is foreseen of a rollback is what a rollback then does: whatever was made, whoever changed it, and whatever is locked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import { carryOut } from '../../shared/pipeline/carry-out.ts';
import { foreseeRollback } from '../../shared/pipeline/foresee-rollback.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import { type JournalRow, type Step, toTakeBack } from '../../shared/remediation/journal.ts';
import { type Plan, ourMark } from '../../shared/remediation/plan.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { idIn } from '../../shared/remediation/without-writes.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';

const runs = import.meta.env.MODE === 'deep' ? 20_000 : 2000;
const at = '2026-11-26T03:00:00.000Z';
const group = resourceId(
  '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/nsg',
);
const names = ['a', 'b', 'c'] as const;

function writeOf(name: string, isMarked: boolean): ArmWrite {
  const description = isMarked ? `${ourMark}for a test` : 'for a test';
  return {
    method: 'PUT',
    url: `${group}/securityRules/${name}?v=1`,
    body: { properties: { access: 'Allow', priority: 3000, description } },
    ifMatch: null,
  };
}

function planOf(marks: readonly boolean[]): Plan {
  const changes = names.map((name, index) => writeOf(name, marks[index] ?? true));
  const undo = changes.map(({ url }) => ({ method: 'DELETE' as const, url, ifMatch: null }));
  return madeUpPlan([], { changes, undo: undo.toReversed() });
}

/** How far a change came, in rows of the journal. */
const progress = {
  untouched: () => [],
  begun: (index: number): Step[] => [{ step: 'writing', index }],
  made: (index: number): Step[] => [
    { step: 'writing', index },
    { step: 'written', index, made: true },
  ],
  found: (index: number): Step[] => [
    { step: 'writing', index },
    { step: 'written', index, made: false },
  ],
  left: (index: number): Step[] => [
    { step: 'written', index, made: true },
    { step: 'left', index, because: 'theirs' },
  ],
} as const;

/** What is there under a name by now: what we wrote with these properties changed, or nothing. */
const changed = {
  ours: {},
  widened: { priority: 1 },
  unmarked: { description: 'for a test' },
  gone: undefined,
} as const;
const states = ['ours', 'widened', 'unmarked', 'gone'] as const;

/** Where a lock is; it holds for all that is below. */
const lockedScopes = [
  `${group}/securityrules/a`,
  `${group}/securityrules/b`,
  group,
  '/subscriptions/s/resourcegroups/g',
  `${group}-2`,
] as const;
const lockType = 'microsoft.authorization/locks';
/** What Azure says of it, and what is said beforehand. */
const lockSays = 'ScopeLocked';

function lockAt(scope: string, level: string): Row {
  const id = resourceId(`${scope}/providers/${lockType}/keep`);
  return { kind: 'row', id, type: lockType, body: { id, name: 'keep', properties: { level } } };
}

const three = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 3, maxLength: 3 });

it('removes and leaves just what was foreseen, in that order', async () => {
  const keys = Object.keys(progress) as readonly (keyof typeof progress)[];
  await fc.assert(
    fc.asyncProperty(
      three(fc.boolean()),
      three(fc.constantFrom(...keys)),
      three(fc.constantFrom(...states)),
      fc.array(fc.constantFrom(...lockedScopes), { maxLength: 2 }),
      fc.constantFrom('CanNotDelete', 'ReadOnly'),
      fc.boolean(),
      async (marks, came, now, locked, level, isRead) => {
        const plan = planOf(marks);
        const steps: readonly Step[] = [
          { step: 'requested', plan, by: 'me' },
          { step: 'confirmed', before: { images: [], passing: {} } },
          ...came.flatMap((how, index) => progress[how](index)),
          { step: 'ended', outcome: 'done' },
        ];
        const rows: readonly JournalRow[] = steps.map((step) => ({ ...step, at }));
        const there = new Map(
          plan.changes.flatMap(({ url, body }, index): readonly (readonly [string, object])[] => {
            const properties = Object(body?.['properties']);
            const theirs = changed[now[index] ?? 'gone'];
            return theirs === undefined ? [] : [[url, { ...properties, ...theirs }]];
          }),
        );
        const securityRules = names.flatMap((name, index) => {
          const properties = there.get(plan.changes[index]?.url ?? '');
          return properties === undefined ? [] : [{ name, properties }];
        });
        const type = 'microsoft.network/networksecuritygroups';
        const isLocked = (url: string): boolean =>
          locked.some((scope) =>
            `${idIn({ method: 'DELETE', url, ifMatch: null })}/`.startsWith(`${scope}/`),
          );
        const unread: Gap = {
          kind: 'gap',
          type: lockType,
          scope: '/subscriptions/s',
          what: 'locks',
          why: 'a test',
        };
        const locks = isRead ? locked.map((scope) => lockAt(scope, level)) : [unread];
        const body = { id: group, type, name: 'nsg', properties: { securityRules } };
        const foreseen = foreseeRollback(
          {
            snapshot: snapshotOf([{ kind: 'row', id: group, type, body }, ...locks], undefined, [
              ...auditedTypes,
              ...ownershipTypes,
            ]),
            catalogue: [],
            settings: defaultSettings(),
            today: at.slice(0, 10),
            onDefect: () => {},
          },
          rows,
          { offline: false, strict: false },
        );

        const sent: string[] = [];
        const written: JournalRow[] = [];
        const asked: JournalRow = { step: 'rollbackAsked', by: 'me', because: '', at };
        await carryOut([...rows, asked], {
          now: () => new Date(at),
          wait: async () => {},
          write: async (row) => void written.push(row),
          guard: async () => ({ kind: 'go' }),
          planAgain: async () => ({ before: { images: [], passing: {} } }),
          verify: async () => ({ kind: 'pass' }),
          read: async ({ url }) => there.get(url) as Readonly<Record<string, unknown>> | undefined,
          send: async ({ method, url }) => {
            if (isLocked(url)) return { kind: 'refused', says: lockSays };
            sent.push(`${method} ${url}`);
            there.delete(url);
            return { kind: 'made' };
          },
        });
        const of = (outcome: string) =>
          foreseen.removals.filter((removal) => removal.outcome === outcome);
        const foretold = of('left').map(({ because }) =>
          because?.includes('under lock keep') === true ? lockSays : because,
        );
        const left = written.flatMap((row) => (row.step === 'left' ? [row.because] : []));
        const removed = of('removed').map(({ method, url }) => `${method} ${url}`);
        // What may be locked is neither removed nor left for certain; what somebody changed is left all the same.
        expect(removed).toEqual(isRead ? sent : []);
        expect(foretold).toEqual(isRead ? left : left.filter((because) => because !== lockSays));
        const indexes = toTakeBack(rows);
        expect(foreseen.removals.map(({ url }) => url)).toEqual(
          indexes.map((index) => plan.changes[index]?.url),
        );
        // What was made last goes first: rules of one plan may rest on each other.
        expect(indexes).toEqual(indexes.toSorted((a, b) => b - a));
        // What is not there is never said to be removed, nor to be left.
        const gone = indexes.filter((index) => now[index] === 'gone');
        const doubtful = isRead ? 0 : indexes.length - gone.length - foretold.length;
        expect(of('unknown')).toHaveLength(gone.length + doubtful);
      },
    ),
    { numRuns: runs },
  );
});
