/** A process that runs every kind it is asked for with one seed after the other. */
import { z } from 'zod';
import { chaosRun } from './chaos-run.ts';
import { kinds } from './kinds.ts';

const task = z.object({ seed: z.int(), kinds: z.array(z.string()) });

process.on('message', (given) => {
  const { seed, kinds: asked } = task.parse(given);
  void (async () => {
    for (const kind of kinds.filter(({ name }) => asked.includes(name))) {
      process.send?.({ outcome: await chaosRun(kind, seed) });
    }
    process.send?.({ idle: true });
  })();
});
process.send?.({ idle: true });
