/** Days of the service in minutes: hours in which things go wrong, and hours in which nothing does. */
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { createRandom } from '../../simulator/estate/random.ts';
import { driftingEstate } from './drifting-estate.ts';
import {
  affectedNow,
  alertsAmiss,
  leftovers,
  remediationsOf,
  untrueAtTheEnd,
  writesAmiss,
} from './invariants.ts';
import { kinds } from './kinds.ts';
import { type World, createWorld } from './world.ts';

const minute = 60_000;
const clusters = 6;
const driftsPerHour = 4;
const tables = [
  'Findings',
  'Alerts',
  'Clusters',
  'Dependencies',
  'Scans',
  'History',
  'Remediations',
];

/** How the service stood at the end of an hour. */
export interface SoakHour {
  readonly hour: number;
  /** What went wrong in it; nothing in every other hour. */
  readonly trouble: string;
  readonly injected: number;
  readonly drifts: number;
  readonly scans: number;
  readonly transitions: number;
  readonly alerts: number;
  readonly writes: number;
  readonly again: number;
  readonly deadLetters: number;
  /** In use after collecting garbage, and what of it the service keeps on purpose; MB. */
  readonly heapMb: number;
  readonly keptMb: number;
  readonly handles: number;
  readonly violations: readonly string[];
}

/** Lives through so many hours; `onHour` hears of each. */
export async function soak(
  hours: number,
  seed: number,
  onHour: (hour: SoakHour) => void,
): Promise<readonly SoakHour[]> {
  const random = createRandom(0x50a4, seed);
  const world = await createWorld({
    estate: driftingEstate(seed, clusters),
    seed,
    azure: 'inMemory',
  });
  world.remediate();
  const troubles = random.shuffled(kinds.filter(({ azure }) => azure === 'inMemory'));
  const told: SoakHour[] = [];
  for (let hour = 1; hour <= hours; hour += 1) {
    const isQuiet = hour % 2 === 0;
    const kind = troubles[Math.floor(hour / 2) % troubles.length];
    const start = world.now();
    const before = countsOf(world);
    await world.begin(isQuiet || kind === undefined ? {} : kind.trouble(random, []));
    if (isQuiet) await world.until(start + 25 * minute);
    else await drifting(world, random, kind?.writes === true);
    await world.scan(1);
    if (isQuiet) {
      // What that scan led to is put right before the next one tells how all is.
      await world.until(start + 45 * minute);
      await world.scan(1);
    }
    await world.until(start + 60 * minute);
    const violations = isQuiet ? await amiss(world) : [];
    const after = countsOf(world);
    world.saved.length = 0;
    const one: SoakHour = {
      hour,
      trouble: isQuiet ? '' : (kind?.name ?? ''),
      injected: after.injected - before.injected,
      drifts: after.drifts - before.drifts,
      scans: after.scans - before.scans,
      transitions: after.transitions - before.transitions,
      alerts: after.alerts - before.alerts,
      writes: after.writes - before.writes,
      again: after.again - before.again,
      deadLetters: after.deadLetters - before.deadLetters,
      ...(await memoryOf(world)),
      handles: process.getActiveResourcesInfo().length,
      violations,
    };
    told.push(one);
    onHour(one);
  }
  return told;
}

/**
 * An hour in which clusters are changed, and now and then everything is written anew; further where
 * what goes wrong befalls only what is written, and nothing was.
 */
async function drifting(
  world: World,
  random: ReturnType<typeof createRandom>,
  mustWrite: boolean,
): Promise<void> {
  const start = world.now();
  const before = world.happened.total;
  for (let drift = 0; drift < driftsPerHour; drift += 1) {
    if (random.chance(0.2)) world.redeploy();
    else world.drift(random.int(0, clusters - 1), random.int(0, 4));
    await world.until(start + (drift + 1) * 10 * minute);
    if (drift === 1) await world.scan(1);
  }
  const last = start + 55 * minute;
  while (mustWrite && world.happened.total === before && world.now() < last) {
    world.drift(random.int(0, clusters - 1), random.int(0, 4));
    await world.until(world.now() + minute);
  }
}

async function amiss(world: World): Promise<readonly string[]> {
  const remediations = await remediationsOf(world);
  const affected = await affectedNow(world);
  return [
    ...(await untrueAtTheEnd(world, world.estate.truth(), affected, { isPlannedOn: false })),
    ...(await alertsAmiss(world, true)),
    ...writesAmiss(world, remediations),
    ...(await leftovers(world)),
  ];
}

function countsOf(world: World) {
  const { happened, retried, drifts, heard, azure, saved } = world;
  return {
    injected: happened.total,
    drifts: drifts.length,
    scans: world.scansSaved(),
    transitions: world.transitions(),
    alerts: heard.length,
    writes: azure.sent.length,
    again: retried.total,
    deadLetters: retried.counts.get('dead letters') ?? 0,
    saved: saved.length,
  };
}

let collect: (() => void) | undefined;

async function memoryOf(world: World): Promise<Pick<SoakHour, 'heapMb' | 'keptMb'>> {
  let characters = 0;
  for (const table of tables) {
    for await (const { text } of world.tables.list(table, {})) characters += text.length;
  }
  for await (const name of world.stores.files.names('')) {
    for await (const line of (await world.stores.files.lines(name)) ?? []) {
      characters += line.length;
    }
  }
  setFlagsFromString('--expose-gc');
  collect ??= runInNewContext('gc');
  collect?.();
  const { heapUsed } = process.memoryUsage();
  return { heapMb: heapUsed / 1e6, keptMb: characters / 1e6 };
}
