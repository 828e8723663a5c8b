/** Every kind of trouble with a seed or two; `npm run chaos` does the same with fifty. */
import { describe, expect, it, test } from 'vitest';
import { chaosRun } from './chaos-run.ts';
import { kinds } from './kinds.ts';
import { beyondOurWrites, mayBearOn, untrueIn } from './invariants.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { planners } from '../../shared/remediation/planners.ts';
import { driftingEstate } from './drifting-estate.ts';
import { createWorld } from './world.ts';

const isDeep = import.meta.env.MODE === 'deep';
const seeds = isDeep ? [1, 2, 3, 4] : [1];
/** By wire a run waits as long as Azure would have it wait: one of them stands for the others. */
const wire = kinds.find(({ azure }) => azure !== 'inMemory');
const chosen = kinds.filter((kind) => isDeep || kind.azure === 'inMemory' || kind === wire);

describe.each(seeds)('with seed %i', (seed) => {
  it.each(chosen)('nothing is lost and nothing invented: $says', async (kind) => {
    expect((await chaosRun(kind, seed)).violations).toEqual([]);
  });
});

test('people decide about plans that wait while answers of the storage are lost', async () => {
  const kind = kinds.find(({ name }) => name === 'storage-answer-lost');
  if (kind === undefined) throw new Error('there is no such kind');
  const { approved, rejected, done, takenBack, violations } = await chaosRun(kind, 216);
  expect(violations).toEqual([]);
  // A run in which nobody decides proves nothing.
  expect(Math.min(approved, rejected, done, takenBack)).toBeGreaterThan(0);
});

test('there are kinds enough, each of another name', () => {
  const names = kinds.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(20);
  expect(new Set(names).size).toBe(names.length);
});

test('what nothing of ours bears on are checks, and nobody plans for them', () => {
  const ids = catalogue.map(({ id }) => id);
  expect([...beyondOurWrites].filter((id) => !ids.includes(id) || planners.has(id))).toEqual([]);
  const affected = new Set(['/c']);
  expect(mayBearOn(affected, '/c scoring-inbound-allowed')).toBe(true);
  expect(mayBearOn(affected, '/c private-cluster')).toBe(false);
  expect(mayBearOn(affected, '/d scoring-inbound-allowed')).toBe(false);
});

test('a report that says something else than the truth is noticed', async () => {
  const world = await createWorld({ estate: driftingEstate(1, 1), seed: 1, azure: 'inMemory' });
  await world.scan(1);
  await world.until(world.now() + 60_000);
  const report = await world.readLatest();
  if (report === undefined) throw new Error('no report was saved');
  const truth = world.estate.truth();
  const nobody = () => false;
  expect(untrueIn(report, [truth], nobody).wrong).toEqual([]);
  const passing = report.verdicts.findIndex(({ kind }) => kind === 'pass');
  const verdicts = report.verdicts.map((verdict, index) =>
    index === passing ? { ...verdict, kind: 'fail' as const } : verdict,
  );
  expect(untrueIn({ ...report, verdicts }, [truth], nobody).wrong).toHaveLength(1);
  const fewer = report.verdicts.slice(1);
  expect(untrueIn({ ...report, verdicts: fewer, gaps: [] }, [truth], nobody).wrong).toHaveLength(1);
});
