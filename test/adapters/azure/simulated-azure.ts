import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { LiveSource } from '../../../shared/reports/scan.ts';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../simulator/start-simulator.ts';

export interface SimulatedAzure {
  readonly simulator: Simulator;
  /** What a scan is told to read it, signed in as the estate's reader. */
  readonly source: LiveSource;
}

/** An Azure that holds these rows until the test is over, over real HTTPS, with a sign-in of its own. */
export async function simulatedAzure(
  rows: readonly object[],
  options: Omit<SimulatorOptions, 'rows'> = {},
): Promise<SimulatedAzure> {
  const simulator = await startSimulator({
    quotas: false,
    ...options,
    rows: rows.map((row) => ({ ...row })),
  });
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-cloud-'));
  const cloud = join(folder, 'cloud.json');
  await writeFile(cloud, JSON.stringify(simulator.cloud));
  const { tenantId, clientId, clientSecret } = simulator.reader;
  vi.stubEnv('AZURE_TENANT_ID', tenantId);
  vi.stubEnv('AZURE_CLIENT_ID', clientId);
  vi.stubEnv('AZURE_CLIENT_SECRET', clientSecret);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { simulator, source: { kind: 'live', cloud } };
}
