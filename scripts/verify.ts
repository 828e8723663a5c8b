import { spawnSync } from 'node:child_process';

/** What must hold before a change is merged, cheapest first. */
const steps = ['typecheck', 'lint', 'format:check', 'test', 'docs:check', 'build'] as const;

/** Runs one script of package.json with its output shown as it comes; returns whether it succeeded. */
function run(step: string): boolean {
  // `npm` itself is a batch file on Windows, which Node starts only through a shell.
  const npm = process.env['npm_execpath'];
  const { status } =
    npm === undefined
      ? spawnSync('npm', ['run', step], { stdio: 'inherit' })
      : spawnSync(process.execPath, [npm, 'run', step], { stdio: 'inherit' });
  return status === 0;
}

const summary: string[] = [];
let failed: string | undefined;
for (const step of steps) {
  if (failed !== undefined) {
    summary.push(`  not run  ${step}`);
    continue;
  }
  const startedAt = performance.now();
  const ok = run(step);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  summary.push(`  ${ok ? 'ok     ' : 'FAILED '}  ${step}  ${seconds} s`);
  if (!ok) failed = step;
}
console.log(['', 'verify:', ...summary, ''].join('\n'));
if (failed !== undefined) process.exitCode = 1;
