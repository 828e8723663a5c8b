/** Whatever happens on the way: what the writer says of a write is so, or it says nothing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ArmWrite, WriteAnswer } from '../../../shared/remediation/arm-write.ts';
import type { Misfortune } from '../../../simulator/http/faults.ts';
import { principals } from '../../simulator/small-estate.ts';
import { plannedRole, plannedRule, writtenAzure } from './written-azure.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 400 : 25;

/** Two rules, of which a third takes the priority of the first, and two roles. */
const rules = [plannedRule(1), plannedRule(2), takingPlaceOf(plannedRule(1))];
const planned = [
  ...rules,
  plannedRole(principals.stranger),
  plannedRole(principals.throughGroups, 'ServicePrincipal'),
];

function takingPlaceOf({ write, removal }: { write: ArmWrite; removal: ArmWrite }) {
  const url = write.url.replace('portcullis-test-', 'portcullis-rival-');
  return { write: { ...write, url }, removal: { ...removal, url } };
}

const misfortunes: fc.Arbitrary<Misfortune | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Misfortune>(
      { kind: 'reset' },
      { kind: 'reset', undone: true },
      { kind: 'truncated', part: 0.4 },
      { kind: 'malformed' },
      { kind: 'failsLater', code: 'InternalServerError' },
      { kind: 'expiredToken' },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom(202, 307, 408, 429, 500, 502, 503, 504),
      done: fc.constant(true as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Misfortune>(
      { kind: 'status', status: 429, retryAfter: 3 },
      { kind: 'status', status: 409, code: 'AnotherOperationInProgress' },
      { kind: 'status', status: 409, code: 'ScopeLocked' },
      { kind: 'status', status: 412 },
      { kind: 'status', status: 403, code: 'RequestDisallowedByPolicy' },
      { kind: 'status', status: 503 },
    ),
  },
);

const step = fc.record({
  which: fc.nat(planned.length - 1),
  act: fc.constantFrom('write' as const, 'removal' as const),
  misfortune: misfortunes,
  /** What is asked about how it goes on is not answered. */
  isOutOfSight: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
});
const outOfSight = { path: '.', method: 'GET', does: { kind: 'status', status: 404 } } as const;
const operations = fc.constantFrom(
  {},
  { lastsMs: 5000 },
  { lastsMs: 5000, retryAfter: 3, toldBy: 'location' as const },
  { lastsMs: 5000, toldBy: 'state' as const },
);

/** What is wrong with an answer, by what the simulator held before and after; undefined where nothing is. */
function wrongIn(
  { method }: ArmWrite,
  { kind }: WriteAnswer,
  before: string | undefined,
  after: string | undefined,
): string | undefined {
  const isPut = method === 'PUT';
  const wasThere = before !== undefined;
  const isAsked = isPut ? after === 'Succeeded' : after === undefined;
  const holdsTrue = {
    made: isAsked && wasThere === !isPut,
    alreadyThere: isAsked && wasThere === isPut,
    refused: before === after,
    busy: true,
    lost: true,
  }[kind];
  return holdsTrue ? undefined : `${kind}: ${method}, ${before} before, ${after} after`;
}

it('what the writer says of a write is so', async () => {
  const said = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 12 }),
      operations,
      async (steps, lasting) => {
        const { writer, simulator, stateOf } = await writtenAzure({ operations: lasting });
        for (const { which, act, misfortune, isOutOfSight } of steps) {
          const request = planned[which]?.[act];
          if (request === undefined) throw new RangeError(`there is no request ${which}`);
          simulator.trouble({
            faults: [
              ...(misfortune === undefined
                ? []
                : [{ path: '.', method: request.method, does: misfortune }]),
              ...(isOutOfSight ? [outOfSight] : []),
            ],
          });
          const before = stateOf(request);
          const received = simulator.writes().length;
          const answer = await writer.send(request);
          // Once, and where the connection was gone already, not at all.
          const times = simulator.writes().length - received;
          expect(answer.kind === 'lost' ? [0, 1] : [1]).toContain(times);
          expect(wrongIn(request, answer, before, stateOf(request))).toBeUndefined();
          said.add(answer.kind);
        }
        await simulator.stop();
      },
    ),
    { numRuns },
  );
  expect(said).toEqual(new Set(['alreadyThere', 'busy', 'lost', 'made', 'refused']));
});
