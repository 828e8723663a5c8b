/** Plans carried out on live state, in a tenant that is in memory: what comes of whole estates. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { passesNow } from '../../shared/pipeline/carry-out.ts';
import type { ChangeMemory } from '../../shared/pipeline/guard-change.ts';
import { type RemediationParts, remediate } from '../../shared/pipeline/remediate.ts';
import type { PastChange } from '../../shared/remediation/guard.ts';
import type { JournalRow } from '../../shared/remediation/journal.ts';
import { type Plan, ourMark } from '../../shared/remediation/plan.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { auditRows, planRows } from './audit-rows.ts';
import { type MemoryAzure, memoryAzure } from './memory-azure.ts';

const isDeep = import.meta.env.MODE === 'deep';
const seeds = isDeep ? [1, 2, 3, 4, 6, 7] : [1];
const clusters = isDeep ? 120 : 8;
/** So often somebody may have to plan again: more, and plans would chase each other. */
const mostRounds = 5;
/** Why a plan that was sound is not needed, or not sound, once others of its file are carried out. */
const voidReasons = [
  passesNow,
  'What is there now is not what the plan was made on',
  'Whether the check fails is not known',
];
const guard = {
  maxChangesPerRun: 10_000,
  maxChangesPerHour: 10_000,
  cooldownMinutes: 0,
};

/** Somebody who carries plans out, and remembers. */
export function operator(azure: MemoryAzure, given: object) {
  const parsed = parseSettings({ ...given, mode: 'remediate', guard });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const journals = new Map<string, JournalRow[]>();
  let at = Date.parse('2026-11-23T00:10:00Z');
  let kept: readonly PastChange[] = [];
  const memory: ChangeMemory = {
    past: async () => ({ value: kept, version: '' }),
    putPast: async (past) => {
      kept = past;
    },
    changesOf: async (id) => {
      const [row] = journals.get(id) ?? [];
      return row?.step === 'requested' ? row.plan.changes : [];
    },
  };
  function partsFor(plan: Plan, siblings: readonly Plan[]): RemediationParts {
    return {
      tenant: azure.tenant,
      writer: azure.writer,
      neighbourhood: azure.neighbourhood,
      judging: {
        catalogue,
        settings: parsed.ok ? parsed.settings : neverSettings(),
        today: '2026-11-23',
        onDefect: ({ error }) => {
          throw error;
        },
      },
      siblings,
      remediationId: plan.id,
      runId: 'run',
      settings: parsed.ok ? parsed.settings : neverSettings(),
      maxMode: 'remediate',
      memory,
      now: () => new Date((at += 1000)),
      wait: async () => {},
      write: async (row) => {
        journals.set(plan.id, [...(journals.get(plan.id) ?? []), row]);
      },
    };
  }
  return {
    journals,
    past: () => kept,
    because(plan: Plan): string | undefined {
      const told = journals.get(plan.id)?.findLast((row) => 'because' in row);
      return told?.because;
    },
    async carryOut(plan: Plan, siblings: readonly Plan[] = []) {
      const first: JournalRow = {
        step: 'requested',
        plan,
        by: 'test',
        at: new Date(at).toISOString(),
      };
      const approved: JournalRow = { step: 'approved', by: 'me', hash: plan.hash, at: first.at };
      if (!journals.has(plan.id)) journals.set(plan.id, [first, approved]);
      return remediate(
        partsFor(
          plan,
          siblings.filter(({ id }) => id !== plan.id),
        ),
        journals.get(plan.id) ?? [],
      );
    },
    async takeBack(plan: Plan) {
      const rows = journals.get(plan.id) ?? [];
      const row: JournalRow = {
        step: 'rollbackAsked',
        by: 'me',
        because: 'asked',
        at: new Date(at).toISOString(),
      };
      journals.set(plan.id, [...rows, row]);
      return remediate(partsFor(plan, []), journals.get(plan.id) ?? []);
    },
  };
}

function neverSettings(): never {
  throw new Error('the settings were parsed');
}

/** The rows less everything that bears our name or our mark. */
function withoutOurs(rows: readonly object[]): readonly object[] {
  return rows.flatMap((row) => {
    const { properties } = { properties: undefined, ...row };
    const { description, securityRules } = {
      description: undefined,
      securityRules: undefined,
      ...Object(properties),
    };
    if (String(description).startsWith(ourMark)) return [];
    if (!Array.isArray(securityRules)) return [row];
    const theirs = securityRules.filter(
      (rule: unknown) => !String(Reflect.get(Object(rule), 'name')).startsWith('portcullis-'),
    );
    return [{ ...row, properties: { ...Object(properties), securityRules: theirs } }];
  });
}

async function plansFor(rows: readonly object[], settings: object): Promise<readonly Plan[]> {
  const planned = await planRows(rows, settings);
  return planned.flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
}

describe.each(seeds)('the estate of seed %i', (seed) => {
  const { rows, settings } = generateEstate(seed, clusters);

  it('is put right, changes nothing more, and is as it was once all is taken back', async () => {
    const azure = await memoryAzure(rows);
    const me = operator(azure, settings);
    const before = await auditRows(rows, settings);
    const all: Plan[] = [];
    const done: Plan[] = [];
    // A plan is void once another has changed what it rests on: whoever wants the rest plans again.
    let plans = await plansFor(rows, settings);
    const doneIn: number[] = [];
    const strange: string[] = [];
    while (plans.length > 0 && doneIn.length < mostRounds) {
      const doneBefore = done.length;
      for (const plan of plans) {
        const ended = await me.carryOut(plan, plans);
        const because = String(me.because(plan));
        if (ended.kind === 'ended' && ended.outcome === 'done') done.push(plan);
        else if (!voidReasons.some((reason) => because.startsWith(reason))) strange.push(because);
      }
      doneIn.push(done.length - doneBefore);
      all.push(...plans);
      plans = await plansFor(azure.rows, settings);
    }
    expect(strange).toEqual([]);
    expect(plans).toEqual([]);
    expect(doneIn[0]).toBeGreaterThan(all.length / 2);
    expect(doneIn).not.toContain(0);
    const after = await auditRows(azure.rows, settings);
    const verdictsOf = ({ clusterId, checkId }: Plan) =>
      [before, after].map(({ verdicts }) => verdicts.get(`${clusterId} ${checkId}`));
    const failing = all.filter((plan) => verdictsOf(plan)[1]?.kind === 'fail');
    expect(failing.map(({ id }) => id)).toEqual([]);
    // Where a failing part was put right by another plan, what nobody could tell before is left.
    const unknown = all.flatMap((plan) => {
      const [was, is] = verdictsOf(plan);
      if (is?.kind !== 'unknown') return [];
      const told = new Set((was?.missing ?? []).map(({ what }) => what));
      return (is.missing ?? []).filter(({ what }) => !told.has(what));
    });
    expect(unknown).toEqual([]);
    const worse = [...before.verdicts].filter(([key, { kind }]) => {
      const now = after.verdicts.get(key)?.kind;
      return kind === 'pass' && now !== 'pass' && now !== 'notApplicable';
    });
    expect(worse.map(([key]) => key)).toEqual([]);
    expect(withoutOurs(azure.rows)).toEqual(rows);

    const sent = azure.sent.length;
    for (const plan of all) await me.carryOut(plan, all);
    expect(azure.sent.length).toBe(sent);

    for (const plan of done.toReversed()) {
      expect(await me.takeBack(plan)).toEqual({ kind: 'ended', outcome: 'rolledBack' });
    }
    expect(azure.rows).toEqual(rows);
  });
});

it.each([
  ['locked', 'Microsoft.Authorization/locks'],
  ['put into a deployment stack', 'Microsoft.Resources/deploymentStacks'],
])('a plan whose group somebody has %s since is void', async (_, type) => {
  const { rows, settings } = generateEstate(1, 8);
  const azure = await memoryAzure(rows);
  const me = operator(azure, settings);
  const plans = await plansFor(rows, settings);
  const plan = plans.find(({ changes }) => changes[0]?.url.includes('/securityRules/'));
  if (plan === undefined) throw new Error('no plan writes a rule');
  const group = plan.changes[0]?.url.replace(/\/securityRules\/.*/, '') ?? '';
  const isLock = type.endsWith('locks');
  const scope = isLock ? group : group.replace(/\/resourceGroups\/.*/, '');
  const properties = isLock ? { level: 'CanNotDelete' } : { resources: [{ id: group }] };
  azure.rows = [
    ...azure.rows,
    { type, name: 'keep', id: `${scope}/providers/${type}/keep`, properties },
  ];
  expect(await me.carryOut(plan, plans)).toEqual({ kind: 'ended', outcome: 'void' });
  expect(me.because(plan)).toContain('keep');
  expect(azure.sent).toEqual([]);
});
