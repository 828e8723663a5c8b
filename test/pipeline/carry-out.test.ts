/** Plans carried out in a world that refuses, forgets answers, interferes and breaks off. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hands, type Verification, carryOut } from '../../shared/pipeline/carry-out.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import type { GuardAnswer } from '../../shared/remediation/guard.ts';
import { type Before, type JournalRow, progressOf } from '../../shared/remediation/journal.ts';
import { type Plan, type Planned, sealed } from '../../shared/remediation/plan.ts';
import { madeUpChange, madeUpPlan } from '../remediation/made-up-plan.ts';

const runs = import.meta.env.MODE === 'deep' ? 20_000 : 2000;

class Crash extends Error {
  override readonly name = 'Crash';
}

const plan = madeUpPlan(['a', 'b']);
const before: Before = { images: [{ id: '/nsg' }], passing: {} };

/** What goes wrong at one call of the world; each is used up once. */
type Fault =
  | 'busy'
  | 'refused'
  | 'lostAfter'
  | 'lostBefore'
  /** The answer is lost, and what was sent arrives with the next request. */
  | 'lostLate'
  | 'crashBefore'
  | 'crashAfter'
  | 'none';

interface World {
  readonly rules: Map<string, Readonly<Record<string, unknown>>>;
  readonly rows: JournalRow[];
  readonly sent: string[];
  readonly hands: Hands;
}

function worldOf(
  faults: readonly Fault[],
  seen: Verification = { kind: 'pass' },
  live: Planned | 'passes' = { kind: 'plan', plan },
  guarded: GuardAnswer = { kind: 'go' },
): World {
  const left = [...faults];
  const rules = new Map<string, Readonly<Record<string, unknown>>>();
  const rows: JournalRow[] = [];
  const sent: string[] = [];
  const crashing = async <T>(act: () => T | Promise<T>): Promise<T> => {
    const fault = left[0];
    if (fault === 'crashBefore') {
      left.shift();
      throw new Crash('before');
    }
    const answer = await act();
    if (fault === 'crashAfter') {
      left.shift();
      throw new Crash('after');
    }
    return answer;
  };
  const late: (() => void)[] = [];
  const apply = ({ method, url, body }: ArmWrite): void => {
    if (method === 'DELETE') rules.delete(url);
    else {
      const properties = body?.['properties'] as Record<string, unknown>;
      rules.set(url, { ...properties, provisioningState: 'Succeeded' });
    }
  };
  const hands: Hands = {
    now: () => new Date('2026-11-26T03:00:00Z'),
    wait: () => Promise.resolve(),
    write: (row) =>
      crashing(() => {
        rows.push(row);
      }),
    guard: () => Promise.resolve(guarded),
    planAgain: () => crashing(() => (live === 'passes' ? { before } : { planned: live, before })),
    read: (request) => crashing(() => rules.get(request.url)),
    verify: () => crashing(() => seen),
    send: (request) =>
      crashing(() => {
        const fault = left[0];
        if (fault !== undefined && !fault.startsWith('crash')) left.shift();
        if (fault === 'busy') return { kind: 'busy', says: 'AnotherOperationInProgress' };
        if (fault === 'refused') return { kind: 'refused', says: 'ScopeLocked' };
        if (fault === 'lostBefore') return { kind: 'lost', says: 'socket hang up' };
        for (const act of late.splice(0)) act();
        if (fault === 'lostLate') {
          late.push(() => {
            apply(request);
          });
          return { kind: 'lost', says: 'socket hang up' };
        }
        sent.push(`${request.method} ${request.url}`);
        const before = rules.has(request.url);
        apply(request);
        if (fault === 'lostAfter') return { kind: 'lost', says: 'socket hang up' };
        const isNew = request.method === 'PUT' ? !before : before;
        return { kind: isNew ? 'made' : 'alreadyThere' };
      }),
  };
  return { rules, rows, sent, hands };
}

function request(one: Plan = plan): JournalRow {
  return { step: 'requested', plan: one, by: 'service', at: '2026-11-26T03:00:00.000Z' };
}

/** Runs it again after every crash, from the rows alone. */
async function toTheEnd(world: World, first: readonly JournalRow[] = [request()]) {
  world.rows.push(...first);
  for (let runsLeft = 40; runsLeft > 0; runsLeft -= 1) {
    try {
      return await carryOut(world.rows, world.hands);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
  throw new Error('it never ends');
}

const faultLists = fc.array(
  fc.constantFrom<Fault>(
    'busy',
    'refused',
    'lostAfter',
    'lostBefore',
    'lostLate',
    'crashBefore',
    'crashAfter',
    'none',
  ),
  { maxLength: 10 },
);

describe('carrying out a plan', () => {
  it('ends with all of it or none of it, whatever goes wrong and wherever it breaks off', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        faultLists,
        fc.constantFrom<Verification>(
          { kind: 'pass' },
          { kind: 'fail', says: 'no' },
          { kind: 'unknown', says: 'unread' },
        ),
        async (faults, seen) => {
          const world = worldOf(faults, seen);
          const ended = await toTheEnd(world);
          expect(ended.kind).toBe('ended');
          const outcome = ended.kind === 'ended' ? ended.outcome : '';
          outcomes.add(outcome);
          // Only where Azure refuses to take it back may something of ours stay, and then it is said.
          const left = world.rows.filter(({ step }) => step === 'left').length;
          const there = world.rules.size;
          const wanted = outcome === 'done' ? [plan.changes.length] : [...Array(left + 1).keys()];
          expect(wanted).toContain(there);
          expect(outcome === 'partlyRolledBack').toBe(left > 0);
          expect(outcome === 'done' ? seen.kind : 'pass').toBe('pass');
        },
      ),
      { numRuns: runs },
    );
    expect([...outcomes].toSorted()).toEqual(['done', 'partlyRolledBack', 'rolledBack']);
  });

  it('writes nothing before it is written down, and nothing down twice', async () => {
    await fc.assert(
      fc.asyncProperty(faultLists, async (faults) => {
        const world = worldOf(faults);
        await toTheEnd(world);
        const steps = world.rows.map((row) => `${row.step} ${'index' in row ? row.index : ''}`);
        for (const step of ['written 0', 'written 1', 'removed 0', 'removed 1', 'confirmed ']) {
          expect(steps.filter((one) => one === step).length).toBeLessThanOrEqual(2);
        }
        expect(steps.filter((one) => one.startsWith('ended')).length).toBeGreaterThan(0);
        const firstWrite = steps.indexOf('writing 0');
        expect(world.sent.length === 0 || firstWrite > steps.indexOf('confirmed ')).toBe(true);
      }),
      { numRuns: runs / 4 },
    );
  });

  it('sends the changes and nothing else', async () => {
    const world = worldOf([]);
    expect(await toTheEnd(world)).toEqual({ kind: 'ended', outcome: 'done' });
    expect(world.sent).toEqual(plan.changes.map(({ url }) => `PUT ${url}`));
    expect(world.rows.map(({ step }) => step)).toEqual([
      'requested',
      'confirmed',
      'writing',
      'written',
      'writing',
      'written',
      'verified',
      'ended',
    ]);
  });

  it.each<[string, Partial<Record<'live' | 'guarded', unknown>>, string, RegExp]>([
    ['the check passes by now', { live: 'passes' }, 'void', /passes by now/],
    [
      'the state has moved',
      { live: { kind: 'plan', plan: madeUpPlan(['c']) } },
      'void',
      /not what/,
    ],
    [
      'there is no plan any more',
      { live: { kind: 'unplanned', unplanned: { because: 'an admin rule denies it' } } },
      'void',
      /admin rule/,
    ],
    [
      'the guard refuses',
      { guarded: { kind: 'refused', because: 'The mode is alert.' } },
      'refused',
      /alert/,
    ],
  ])('sends nothing where %s', async (_name, given, outcome, because) => {
    const world = worldOf(
      [],
      { kind: 'pass' },
      (given.live ?? { kind: 'plan', plan }) as Planned | 'passes',
      (given.guarded ?? { kind: 'go' }) as GuardAnswer,
    );
    expect(await toTheEnd(world)).toEqual({ kind: 'ended', outcome });
    expect(world.sent).toEqual([]);
    expect(JSON.stringify(world.rows)).toMatch(because);
  });

  it('sends nothing of a plan that was edited after it was made', async () => {
    const edited = { ...plan, changes: [madeUpChange('evil')] };
    const world = worldOf([]);
    expect(await toTheEnd(world, [request(edited)])).toEqual({ kind: 'ended', outcome: 'refused' });
    expect(world.sent).toEqual([]);
  });

  it.each<[string, Partial<Plan>]>([
    ['requests', { changes: [madeUpChange('evil')] }],
    ['undo', { undo: plan.undo.map((one) => ({ ...one, method: 'PUT', body: { evil: true } })) }],
    ['permissions', { permissions: ['*'] }],
    ['need of approval', { approval: true }],
  ])('sends nothing of a plan whose %s were edited and hashed again', async (_name, edit) => {
    const { id: _, hash: __, ...draft } = { ...plan, ...edit };
    const world = worldOf([]);
    const ended = await toTheEnd(world, [request(sealed(draft))]);
    expect(ended).toEqual({ kind: 'ended', outcome: 'void' });
    expect(world.sent).toEqual([]);
  });

  const theirs = { access: 'Allow', description: 'portcullis: theirs, which nobody is to touch' };
  it.each<[Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [
      { access: 'Allow', priority: 100, name: 'theirs' },
      { access: 'Allow', priority: 100, name: 'theirs' },
    ],
    [theirs, { ...theirs, description: theirs.description.replace('p', 'P') }],
    // Of no member one can say that it is as it was written.
    [{ ...theirs, description: 'Portcullis: of another plan' }, {}],
  ])('takes away nothing without our mark, whatever a journal says: %j', async (foreign, said) => {
    const world = worldOf([]);
    const url = '/nsg/securityRules/theirs';
    world.rules.set(url, foreign);
    const { id: _, hash: __, ...draft } = plan;
    const forged = sealed({
      ...draft,
      changes: [{ method: 'PUT', url, body: { properties: said }, ifMatch: null }],
      undo: [{ method: 'DELETE', url, ifMatch: null }],
    });
    const at = '2026-11-26T03:00:00.000Z';
    const ended = await toTheEnd(world, [
      request(forged),
      { step: 'confirmed', before, at },
      { step: 'written', index: 0, made: true, at },
      { step: 'verified', at },
      { step: 'rollbackAsked', by: 'ops', because: 'a mistake', at },
    ]);
    expect(ended).toEqual({ kind: 'ended', outcome: 'partlyRolledBack' });
    expect(world.sent).toEqual([]);
    expect(world.rules.size).toBe(1);
  });

  it('takes what was there before for its own nowhere, wherever it breaks off', async () => {
    const crashes: readonly Fault[] = ['crashBefore', 'crashAfter', 'lostBefore', 'none'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...crashes), { maxLength: 8 }), async (faults) => {
        const world = worldOf(faults, { kind: 'fail', says: 'no' });
        const [theirs, ours] = plan.changes;
        const properties = theirs?.body?.['properties'] as Record<string, unknown>;
        world.rules.set(theirs?.url ?? '', properties);
        await toTheEnd(world);
        expect(world.rules.get(theirs?.url ?? '')).toEqual(properties);
        expect(world.sent.filter((sent) => !sent.endsWith(ours?.url ?? ''))).toEqual([]);
      }),
      { numRuns: runs / 4 },
    );
  });

  it.each([false, true])('writes over nothing else of its name (begun: %s)', async (begun) => {
    const world = worldOf([]);
    const url = plan.changes[0]?.url ?? '';
    world.rules.set(url, { access: 'Deny' });
    const at = '2026-11-26T03:00:00.000Z';
    const rows: readonly JournalRow[] = [
      { step: 'confirmed', before, at },
      { step: 'writing', index: 0, at },
    ];
    await toTheEnd(world, [request(), ...(begun ? rows : [])]);
    expect(world.sent).toEqual([]);
    expect(world.rules.get(url)).toEqual({ access: 'Deny' });
    expect(JSON.stringify(world.rows)).toContain('Something else is there under the name');
  });

  it('goes on only where what was confirmed still holds', async () => {
    const moved = worldOf([], { kind: 'pass' }, { kind: 'plan', plan: madeUpPlan(['c']) });
    const at = '2026-11-26T03:00:00.000Z';
    moved.rules.set(plan.changes[0]?.url ?? '', {
      ...(madeUpChange('a').body?.['properties'] as object),
    });
    const ended = await toTheEnd(moved, [
      request(),
      { step: 'confirmed', before, at },
      { step: 'writing', index: 0, at },
      { step: 'written', index: 0, made: true, at },
    ]);
    expect(ended).toEqual({ kind: 'ended', outcome: 'rolledBack' });
    expect(moved.sent).toEqual([`DELETE ${plan.changes[0]?.url ?? ''}`]);
    expect(moved.rules.size).toBe(0);
  });

  it('waits where the guard says so, and goes on afterwards', async () => {
    const until = Date.parse('2026-11-28T01:00:00Z');
    const waiting = worldOf(
      [],
      { kind: 'pass' },
      { kind: 'plan', plan },
      {
        kind: 'wait',
        until,
        because: 'no window',
      },
    );
    expect(await toTheEnd(waiting)).toEqual({ kind: 'waiting', until });
    const later = worldOf([]);
    later.rows.push(...waiting.rows);
    expect(await carryOut(later.rows, later.hands)).toEqual({ kind: 'ended', outcome: 'done' });
  });

  it('takes all of it back on demand, but not what somebody changed since', async () => {
    const world = worldOf([]);
    await toTheEnd(world);
    const [first] = plan.changes;
    world.rules.set(first?.url ?? '', { access: 'Deny' });
    const asked: JournalRow = {
      step: 'rollbackAsked',
      by: 'ops',
      because: 'a mistake',
      at: '2026-11-26T04:00:00.000Z',
    };
    const ended = await carryOut([...world.rows, asked], world.hands);
    expect(ended).toEqual({ kind: 'ended', outcome: 'partlyRolledBack' });
    expect([...world.rules.values()]).toEqual([{ access: 'Deny' }]);
  });

  it('does nothing once it has ended', async () => {
    const world = worldOf([]);
    await toTheEnd(world);
    const before = world.rows.length;
    await carryOut(world.rows, world.hands);
    expect(world.rows).toHaveLength(before);
  });

  it('needs a first row that requests something', () => {
    expect(() => progressOf([])).toThrow(RangeError);
  });

  it('takes an approval for another plan for none', () => {
    const approved = (hash: string): JournalRow => ({
      step: 'approved',
      by: 'ops',
      hash,
      at: '2026-11-26T03:00:00.000Z',
    });
    expect(progressOf([request(), approved('another')]).approvedBy).toBeUndefined();
    expect(progressOf([request(), approved(plan.hash)]).approvedBy).toBe('ops');
  });
});
