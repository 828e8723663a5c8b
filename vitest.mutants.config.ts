import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Plugin, defineConfig } from 'vitest/config';
import { forgettingMapName } from './test/mutants/forgetting-map.ts';
import { readCode, readTask, taskVariable } from './test/mutants/mutant-task.ts';

const taskPath = process.env[taskVariable];

/**
 * The tests that run against broken code: those that state what access, checks and network decide.
 * They are one file for each of these folders, because a file costs a worker, and a worker more than
 * most tests. Left out are those that take long for what they see: other solvers, the first engine,
 * recordings, budgets.
 *
 * `npm run mutants` (scripts/mutants.ts) sets a task: then Stryker's mutants are in the code, and
 * test/mutants/mutant-runner.ts runs the tests. `stryker run` needs none of that.
 */
export default defineConfig({
  plugins: taskPath === undefined ? [] : [brokenCode(taskPath)],
  test: {
    include: [
      'test/mutants/{access,checks,network}.ts',
      ...(taskPath === undefined ? [] : ['test/{access,checks,network}/*.test.ts']),
    ],
    setupFiles: ['test/mutants/few-runs.ts'],
    testTimeout: 120_000,
    // Vitest would keep code with the mutants of one task for the next.
    ...(taskPath !== undefined && {
      runner: 'test/mutants/mutant-runner.ts',
      fsModuleCache: false,
    }),
  },
});

/** Answers that are kept by what was asked, and not by the object, cannot be forgotten: none is kept. */
const remembering = /^import \{ rememberingAlike \} from .*$/m;
const forgetting = 'const rememberingAlike = (answer) => answer;';

/** Loads the instrumented text of files, and lets them forget what they keep between two tests. */
function brokenCode(path: string): Plugin {
  const code = readCode(readTask(path));
  return {
    name: 'broken-code',
    enforce: 'pre',
    load(id) {
      const [file = ''] = id.split('?');
      const name = relative(join(import.meta.dirname), file).replaceAll('\\', '/');
      if (!name.startsWith('shared/') || !name.endsWith('.ts')) return undefined;
      const text = code[name] ?? readFileSync(file, 'utf8');
      return `const WeakMap = globalThis.${forgettingMapName}; ${text.replace(remembering, forgetting)}`;
    },
  };
}
