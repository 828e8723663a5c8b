import { parseArgs } from 'node:util';
import { type Crash, fuzzOnce, openTargets } from '../test/chaos/fuzz.ts';

/**
 * Gives everything that takes something from outside texts that are wrong, one seed after the other, for
 * so many minutes. Exit code 1 where something crashed, with the text that shows it.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    /** A pattern on the names of what is fuzzed. */
    only: { type: 'string', default: '.' },
    /** How many seeds at most. */
    seeds: { type: 'string', default: '1000000000' },
  },
});
const until = performance.now() + Number(values.minutes) * 60_000;
const { targets, close } = await openTargets();
const asked = targets.filter(({ name }) => new RegExp(values.only).test(name));
const counts = new Map<string, { texts: number; slowestMs: number; crashes: Crash[] }>(
  asked.map(({ name }) => [name, { texts: 0, slowestMs: 0, crashes: [] }]),
);
try {
  const from = Number(values.from);
  for (
    let seed = from;
    seed < from + Number(values.seeds) && performance.now() < until;
    seed += 1
  ) {
    for (const target of asked) {
      const started = performance.now();
      const crash = await fuzzOnce(target, seed);
      const count = counts.get(target.name);
      if (count === undefined) continue;
      count.texts += 1;
      count.slowestMs = Math.max(count.slowestMs, performance.now() - started);
      if (crash !== undefined) count.crashes.push(crash);
    }
  }
} finally {
  await close();
}
console.log(
  `${'target'.padEnd(24)}${'texts'.padStart(8)}${'slowest ms'.padStart(12)}${'crashes'.padStart(9)}`,
);
for (const [name, { texts, slowestMs, crashes }] of counts) {
  const cells = [
    String(texts).padStart(8),
    slowestMs.toFixed(0).padStart(12),
    String(crashes.length).padStart(9),
  ];
  console.log(`${name.padEnd(24)}${cells.join('')}`);
}
for (const { target, seed, says, given } of [...counts.values()].flatMap(
  ({ crashes }) => crashes,
)) {
  console.log(`\n${target}: npm run fuzz -- --only '^${target}$' --from ${seed} --seeds 1`);
  console.log(says);
  console.log(given.slice(0, 500));
  process.exitCode = 1;
}
