/** The action for GitHub, run as its runner does: the script with its inputs as environment variables. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const action = readFileSync(join(root, 'action.yml'), 'utf8');

/** The script of the step `scan`, its indentation off. */
function script(): string {
  const [, text = ''] = /id: scan[\s\S]*?run: \|\n([\s\S]*)$/.exec(action) ?? [];
  return text.replaceAll(/^ {8}/gm, '');
}

async function runAction(inputs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outputs = join(folder, 'outputs');
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    PORTCULLIS: join(root, 'cli/portcullis.ts'),
    GITHUB_OUTPUT: outputs,
    OUTPUT: join(folder, 'portcullis.sarif'),
    SETTINGS: '',
    BASELINE: '',
    WHAT_IF: '',
    ...inputs,
  };
  const status = await new Promise<number>((resolve) => {
    execFile('bash', ['-eo', 'pipefail', '-c', script()], { env, cwd: folder }, (error) => {
      resolve(typeof error?.code === 'number' ? error.code : 0);
    });
  });
  const said = await readFile(outputs, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return { status, said, report: env.OUTPUT };
}

test.skipIf(process.platform === 'win32')(
  'leaves a SARIF report, and fails where it is asked to',
  async () => {
    const estate = join(root, 'demo/estate.jsonl');
    const { status, said, report } = await runAction({ ESTATE: estate, FAIL_ON: 'high' });
    expect(status).toBe(1);
    expect(said).toBe(`sarif=${report}\n`);
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ version: '2.1.0' });
  },
);

test.skipIf(process.platform === 'win32')(
  'judges a change in place of it, and fails where it would break a cluster',
  async () => {
    const { status, said } = await runAction({
      ESTATE: join(root, 'demo/estate.jsonl'),
      SETTINGS: join(root, 'demo/portcullis.settings.json'),
      WHAT_IF: join(root, 'docs/tour/what-if.json'),
      FAIL_ON: 'high',
    });
    expect([status, said]).toEqual([1, '']);
  },
);

test.skipIf(process.platform === 'win32')('takes no input for a part of the script', async () => {
  const { status, said } = await runAction({ ESTATE: '$(touch x); `touch y`', FAIL_ON: 'never' });
  expect(status).toBe(2);
  expect(said).toBe('');
});

test('puts inputs into the environment, never into the script, and pins what it uses', () => {
  expect(script()).not.toContain('${{');
  const uses = [...action.matchAll(/uses: (\S+)/g)].map(([, name = '']) => name);
  expect(uses.filter((name) => !/@[0-9a-f]{40}$/.test(name))).toEqual([]);
});
