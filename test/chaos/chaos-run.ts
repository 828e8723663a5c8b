/** One run: an estate, a change, one kind of trouble, and what came of it. */
import { createRandom } from '../../simulator/estate/random.ts';
import { decisionsAmiss } from './decisions-amiss.ts';
import { driftingEstate } from './drifting-estate.ts';
import {
  affectedBy,
  alertsAmiss,
  historiesOf,
  leftovers,
  mayBearOn,
  promisesAmiss,
  remediationsOf,
  type Told,
  toreIn,
  untrueAtTheEnd,
  untrueIn,
  writesAmiss,
} from './invariants.ts';
import type { Kind } from './kinds.ts';
import type { Trouble } from './trouble.ts';
import { type World, createWorld } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const clusters = 2;

/** What came of a run. */
export interface Outcome {
  readonly kind: string;
  readonly seed: number;
  /** How often what was to go wrong did. */
  readonly injected: number;
  /** Of the verdicts of reports that were saved while it lasted. */
  readonly isTrue: number;
  readonly isUnknown: number;
  readonly isMissing: number;
  /** Things that the service began again: scans, timers, messages. */
  readonly again: number;
  readonly deadLetters: number;
  /** Alerts that receivers took. */
  readonly alerts: number;
  /** Plans that somebody approved, and rejected. */
  readonly approved: number;
  readonly rejected: number;
  /** Remediations that are done, and that were taken back. */
  readonly done: number;
  readonly takenBack: number;
  /** What must never be. */
  readonly violations: readonly string[];
}

/** A run in which nothing goes wrong, for what findings go through. */
interface Undisturbed {
  readonly histories: ReadonlyMap<string, string>;
  readonly affected: ReadonlySet<string>;
  readonly writes: number;
}

/** What is done about findings in a run. */
interface Service {
  /** Whether they are put right. */
  readonly remediates: boolean;
  /** Whether people decide about plans that wait. */
  readonly attends: boolean;
}

const undisturbed = new Map<string, Promise<Undisturbed>>();

/** Lives through a change of the estate while something goes wrong, and until all is quiet again. */
async function live(
  world: World,
  trouble: Trouble,
  { variant, remediates, attends }: Service & { readonly variant: number },
): Promise<{
  readonly truths: readonly ReadonlyMap<string, string>[];
  readonly reports: number;
  /** Writes while it lasted. */
  readonly writes: number;
}> {
  const truths = [world.estate.truth()];
  await world.scan(1);
  await world.until(world.now() + 2 * hour);
  const reports = world.saved.length;
  world.happened.counts.clear();
  if (remediates) world.remediate();
  if (attends) world.attend();
  await world.begin(trouble);
  world.drift(0, variant);
  truths.unshift(world.estate.truth());
  await world.until(world.now() + 10 * minute);
  await world.scan(3);
  world.drift(1, variant + 1);
  truths.unshift(world.estate.truth());
  await world.until(world.now() + 30 * minute);
  await world.scan(3);
  await world.until(world.now() + 40 * minute);
  await world.scan(3);
  await world.until(world.now() + 15 * minute);
  const writes = world.azure.sent.length;
  await world.begin({});
  // Longer than any lease, any check that waits, and any index that lies behind.
  await world.until(world.now() + 3 * hour);
  // What the first leads to is put right before the second tells how all is.
  for (let scan = 0; scan < 2; scan += 1) {
    await world.scan(1);
    await world.until(world.now() + 30 * minute);
    world.leave();
    await world.until(world.now() + 45 * minute);
  }
  return { truths, reports, writes };
}

/** The run that a kind and a seed name; the same every time, as far as it does not go by wire. */
export async function chaosRun(kind: Kind, seed: number): Promise<Outcome> {
  const random = createRandom(0xc4a0, seed);
  const attends = seed % 2 === 0;
  const service = { remediates: kind.writes === true || attends, attends };
  const { estate, variant, calm } = await estateFor(seed, service, kind.writes === true);
  const world = await createWorld({
    estate: driftingEstate(estate, clusters),
    seed,
    azure: kind.azure,
    ...(kind.attemptMs === undefined ? {} : { attemptMs: kind.attemptMs }),
  });
  try {
    const trouble = kind.trouble(random, subscriptionsIn(world));
    const { truths, reports } = await live(world, trouble, { variant, ...service });
    const after = world.estate.truth();
    const remediations = await remediationsOf(world);
    const affected = await affectedBy(world, remediations);
    const meanwhile = world.saved.slice(reports, -1).map(({ report, from, to }) => {
      const isTorn = tornIn(world, from, to, trouble.indexLagMs);
      const isUnsure = (place: string) => mayBearOn(affected, place) || isTorn(place);
      return { told: untrueIn(report, truths, isUnsure), torn: toreIn(report, truths, isTorn) };
    });
    const torn = new Set(meanwhile.flatMap((one) => one.torn));
    const histories = await historiesOf(world);
    const violations = [
      ...meanwhile.flatMap(({ told }) => told.wrong),
      ...(await untrueAtTheEnd(world, after, affected)),
      ...(await alertsAmiss(world, kind.repeats === true)),
      ...writesAmiss(world, remediations),
      ...decisionsAmiss(world, remediations),
      ...(await promisesAmiss(world, remediations)),
      ...(await leftovers(world)),
      ...[...calm.histories].flatMap(([place, expected]) => {
        const got = histories.get(place) ?? '';
        const isOurs = mayBearOn(affected, place) || mayBearOn(calm.affected, place);
        // What a torn report said opens or resolves too, until the change has been looked at.
        if (isOurs || torn.has(place) || got === expected) return [];
        return [`went through "${got}" instead of "${expected}": ${place}`];
      }),
      ...(world.happened.total === 0 ? ['nothing went wrong: the kind proves nothing'] : []),
    ];
    const sum = (count: (one: Told) => number) =>
      meanwhile.reduce((total, { told }) => total + count(told.told), 0);
    const ended = (state: RegExp) => remediations.filter(({ head }) => state.test(head.state));
    return {
      kind: kind.name,
      seed,
      injected: world.happened.total,
      isTrue: sum(({ isTrue }) => isTrue),
      isUnknown: sum(({ isUnknown }) => isUnknown),
      isMissing: sum(({ isMissing }) => isMissing),
      again: world.retried.total,
      deadLetters: world.retried.counts.get('dead letters') ?? 0,
      alerts: world.heard.length,
      approved: remediations.filter(({ rows }) => rows.some(({ step }) => step === 'approved'))
        .length,
      rejected: ended(/^rejected$/).length,
      done: ended(/^done$/).length,
      takenBack: ended(/olledBack$/).length,
      violations,
    };
  } finally {
    await world.azure.stop();
  }
}

/**
 * Places of which a report may say what was true at no moment: their clusters were changed while it was
 * read, or where the index lies behind, so lately that it shows them as they were and Resource Manager as
 * they are.
 */
function tornIn(
  { drifts }: World,
  from: number,
  to: number,
  lagMs = 0,
): (place: string) => boolean {
  const torn = drifts
    .filter(({ at }) => at >= from - lagMs && at <= to)
    .map(({ cluster }) => cluster);
  return (place) => torn.includes(place.split(' ')[0] ?? '');
}

/** The estate of a seed; where there must be something to write, the next one that has it. */
async function estateFor(seed: number, service: Service, writes: boolean) {
  for (let attempt = 0; ; attempt += 1) {
    const estate = seed + attempt * 10_000;
    const variant = 1 + (seed % 5);
    const calm = await calmRun(estate, variant, service);
    if (!writes || calm.writes > 0) return { estate, variant, calm };
    if (attempt > 40) throw new Error(`no estate of seed ${seed} has anything to write`);
  }
}

function calmRun(estate: number, variant: number, service: Service): Promise<Undisturbed> {
  const key = `${estate} ${variant} ${JSON.stringify(service)}`;
  const known = undisturbed.get(key) ?? runCalmly(estate, variant, service);
  undisturbed.set(key, known);
  return known;
}

async function runCalmly(estate: number, variant: number, service: Service): Promise<Undisturbed> {
  const world = await createWorld({
    estate: driftingEstate(estate, clusters),
    seed: estate,
    azure: 'inMemory',
  });
  const { truths, reports, writes } = await live(world, {}, { variant, ...service });
  const remediations = await remediationsOf(world);
  const affected = await affectedBy(world, remediations);
  const after = world.estate.truth();
  const wrong = [
    ...world.saved.slice(reports).flatMap(({ report, from, to }) => {
      const isTorn = tornIn(world, from, to);
      return untrueIn(report, truths, (place) => mayBearOn(affected, place) || isTorn(place)).wrong;
    }),
    ...(await untrueAtTheEnd(world, after, affected)),
    ...(await alertsAmiss(world, false)),
    ...writesAmiss(world, remediations),
    ...decisionsAmiss(world, remediations),
    ...world.asked.flatMap(({ id, answer }) => (answer === 'unsure' ? [`no answer on ${id}`] : [])),
    ...(await promisesAmiss(world, remediations)),
    ...(await leftovers(world)),
  ];
  if (wrong.length > 0 || truths.length !== 3) {
    throw new Error(`undisturbed, estate ${estate} goes wrong:\n${wrong.join('\n')}`);
  }
  const histories = await historiesOf(world);
  return { histories, affected, writes };
}

function subscriptionsIn(world: World): readonly string[] {
  return [...new Set(world.estate.clusters.map((id) => id.split('/')[2] ?? ''))];
}

/** The outcomes as a table: a line for each kind. */
export function outcomesOf(outcomes: readonly Outcome[]): readonly string[] {
  const columns = [
    'runs',
    'injected',
    'true',
    'unknown',
    'missing',
    'none',
    'again',
    'dead',
    'alerts',
    'approved',
    'rejected',
    'done',
    'back',
    'violated',
  ];
  const rows = [...Map.groupBy(outcomes, ({ kind }) => kind)].map(([kind, own]) => {
    const sum = (count: (one: Outcome) => number) => own.reduce((all, one) => all + count(one), 0);
    const counts = [
      own.length,
      sum(({ injected }) => injected),
      sum(({ isTrue }) => isTrue),
      sum(({ isUnknown }) => isUnknown),
      sum(({ isMissing }) => isMissing),
      own.filter(({ isTrue, isUnknown, isMissing }) => isTrue + isUnknown + isMissing === 0).length,
      sum(({ again }) => again),
      sum(({ deadLetters }) => deadLetters),
      sum(({ alerts }) => alerts),
      sum(({ approved }) => approved),
      sum(({ rejected }) => rejected),
      sum(({ done }) => done),
      sum(({ takenBack }) => takenBack),
      own.filter(({ violations }) => violations.length > 0).length,
    ];
    return [kind, ...counts.map(String)];
  });
  const lines = [['kind', ...columns], ...rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))];
  return lines.map(([first = '', ...rest]) =>
    [first.padEnd(30), ...rest.map((cell) => cell.padStart(9))].join(''),
  );
}
