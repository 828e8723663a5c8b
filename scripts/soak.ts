import { parseArgs } from 'node:util';
import { type SoakHour, soak } from '../test/chaos/soak.ts';
import { hourLine, soakHead, whyFailed } from '../test/chaos/soak-table.ts';

/**
 * Lives through simulated hours of scans, changes, remediations and trouble, and prints how the service
 * stood at the end of each. Exit code 1 where anything was violated, or memory or handles grew.
 */
const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    seed: { type: 'string', default: '1' },
  },
});
console.log(soakHead);
const told: readonly SoakHour[] = await soak(Number(values.hours), Number(values.seed), (hour) => {
  console.log(hourLine(hour));
  for (const violation of hour.violations) console.error(`hour ${hour.hour}: ${violation}`);
});
const failed = whyFailed(told);
for (const why of failed) console.log(`FAILED: ${why}`);
console.log(`${told.length} hours by seed ${values.seed}, ${failed.length} failures`);
if (failed.length > 0) process.exitCode = 1;
