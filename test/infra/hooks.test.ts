/** The hooks that azd runs, with an az and an azd that write down what they are asked. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../cli/made-up-world.ts';

const hooks = join(import.meta.dirname, '../../infra/hooks');
const names = { AZURE_RESOURCE_GROUP: 'rg', PORTCULLIS_FUNCTION_APP: 'app' };

/** Runs a hook; each command that is stubbed writes down its line, and then does what its script says. */
async function run(
  hook: string,
  env: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, string>>,
) {
  const folder = await temporaryFolder();
  const calls = join(folder, 'calls');
  await writeFile(calls, '');
  const all = { az: '', azd: '', sleep: '', ...scripts };
  for (const [name, script] of Object.entries(all)) {
    const noted = `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n${script}\n`;
    await writeFile(join(folder, name), noted, { mode: 0o755 });
  }
  const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) => {
    const options = { env: { PATH, CALLS: calls, ...env } };
    execFile(join(hooks, hook), options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
    });
  });
  return { code, said, calls: (await readFile(calls, 'utf8')).trimEnd().split('\n') };
}

describe.skipIf(process.platform === 'win32')('azd', () => {
  const isThere = 'az functionapp function show --resource-group rg --name app';

  test('connects events once the function is there, and once only', async () => {
    const fromTheThird = `[ "$(grep -c '^az ' "$CALLS")" -ge 3 ]`;
    const first = await run('connect-events.sh', names, { az: fromTheThird });
    expect(first).toMatchObject({ code: 0, said: '' });
    expect(first.calls.filter((call) => call.startsWith(isThere))).toHaveLength(3);
    expect(first.calls.slice(-2)).toEqual([
      'azd env set PORTCULLIS_CONNECT_EVENTS true',
      'azd provision --no-prompt',
    ]);
    const env = { ...names, PORTCULLIS_CONNECT_EVENTS: 'true' };
    const later = await run('connect-events.sh', env, {});
    expect(later.calls.map((call) => call.split(' ')[0])).toEqual(['az']);
  });

  test('says what is wrong where the function does not come', async () => {
    const { code, said, calls } = await run('connect-events.sh', names, { az: 'exit 3' });
    expect(code).toBe(1);
    expect(said).toMatch(
      /^✗ resource-changed is not there after five minutes\n {2}next: .*app says why\n$/,
    );
    expect(calls.filter((call) => call.startsWith('azd'))).toEqual([]);
  });

  test('ends with the deployment of events where that fails', async () => {
    const { code } = await run('connect-events.sh', names, { azd: '[ "$1" != provision ]' });
    expect(code).toBe(1);
  });

  test('keeps the first day of the budget', async () => {
    const { calls } = await run('remember-start.sh', {}, { date: 'echo 2026-11-01' });
    expect(calls.at(-1)).toBe('azd env set PORTCULLIS_BUDGET_START 2026-11-01');
    const env = { PORTCULLIS_BUDGET_START: '2026-10-01' };
    expect((await run('remember-start.sh', env, {})).calls).toEqual(['']);
  });

  test('is told that the smoke test failed, and what it said', async () => {
    const env = {
      ...names,
      PORTCULLIS_ADDRESS: 'https://app',
      PORTCULLIS_AUDITED_SUBSCRIPTION: 's',
    };
    const npm = 'cat; exit 1';
    const { code, said, calls } = await run('smoke-test.sh', env, { az: 'echo keys', npm });
    expect({ code, said }).toEqual({ code: 1, said: 'keys\n' });
    expect(calls.toSorted()).toEqual([
      'az functionapp keys list --resource-group rg --name app --output json',
      'npm run -s smoke-test -- --address https://app --subscription s',
    ]);
  });
});
