/** A process that runs every kind it is asked for with one seed after the other. */
import { z } from 'zod';
import { type Outcome, chaosRun } from './chaos-run.ts';
import { type Kind, kinds } from './kinds.ts';

/** A run that did not come to its end is a violation like any other. */
function broken(kind: Kind, seed: number, error: unknown): Outcome {
  return {
    kind: kind.name,
    seed,
    injected: 0,
    isTrue: 0,
    isUnknown: 0,
    isMissing: 0,
    again: 0,
    deadLetters: 0,
    alerts: 0,
    approved: 0,
    rejected: 0,
    done: 0,
    takenBack: 0,
    violations: [`it did not end: ${error instanceof Error ? error.stack : String(error)}`],
  };
}

const task = z.object({ seed: z.int(), kinds: z.array(z.string()) });

process.on('message', (given) => {
  const { seed, kinds: asked } = task.parse(given);
  void (async () => {
    for (const kind of kinds.filter(({ name }) => asked.includes(name))) {
      const outcome = await chaosRun(kind, seed).catch((error: unknown) =>
        broken(kind, seed, error),
      );
      process.send?.({ outcome });
    }
    process.send?.({ idle: true });
  })();
});
process.send?.({ idle: true });
