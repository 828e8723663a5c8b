/** The file that is deployed, loaded by the versions of Node that Azure Functions runs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';

const node22 = join(
  import.meta.dirname,
  '../node22/node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

// Away from the project, so that nothing in node_modules is in its reach.
test('registers every function, on Node 24 and on Node 22, with nothing beside it', async () => {
  const file = join(await temporaryFolder(), 'main.cjs');
  await bundle(file);
  for (const [node, version] of [
    [process.execPath, /^v24\./],
    [node22, /^v22\./],
  ] as const) {
    const script = join(import.meta.dirname, 'print-registered.ts');
    const { stdout } = await promisify(execFile)(node, [script, file]);
    const printed: { node: string; registered: readonly unknown[] } = JSON.parse(stdout);
    expect(printed.node).toMatch(version);
    expect(printed.registered).toMatchObject([
      { name: 'api', trigger: { type: 'httpTrigger', route: '{*path}', authLevel: 'function' } },
      { name: 'check-cluster', trigger: { type: 'queueTrigger', queueName: 'cluster-checks' } },
      { name: 'dead-letter-scan-shards', trigger: { queueName: 'scan-shards-poison' } },
      { name: 'dead-letter-cluster-checks', trigger: { queueName: 'cluster-checks-poison' } },
      { name: 'dead-letter-alerts', trigger: { queueName: 'alerts-poison' } },
      { name: 'deliver-alert', trigger: { type: 'queueTrigger', queueName: 'alerts' } },
      { name: 'health', trigger: { type: 'httpTrigger', route: 'health', authLevel: 'anonymous' } },
      { name: 'housekeeping', trigger: { type: 'timerTrigger', schedule: '0 */5 * * * *' } },
      { name: 'resource-changed', trigger: { type: 'eventGridTrigger' } },
      { name: 'scan-shard', trigger: { type: 'queueTrigger', queueName: 'scan-shards' } },
      { name: 'scheduled-scan', trigger: { type: 'timerTrigger', schedule: '%SCAN_SCHEDULE%' } },
    ]);
  }
});
