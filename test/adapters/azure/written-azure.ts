import { onTestFinished } from 'vitest';
import { azureWriter } from '../../../shared/adapters/azure/azure-writer.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import type { ArmWrite } from '../../../shared/remediation/arm-write.ts';
import { roleRemoval, roleWrite } from '../../../shared/remediation/written-role.ts';
import { ruleRemoval, ruleWrite } from '../../../shared/remediation/written-rule.ts';
import { type SimulatorOptions, startSimulator } from '../../../simulator/start-simulator.ts';
import { ids, principals, roles, unlockedEstate } from '../../simulator/small-estate.ts';

/** A rule as a planner writes it; rules of one number share a name and a priority. */
export function plannedRule(number: number) {
  const placed = {
    groupId: resourceId(ids.nsg),
    rule: {
      name: `portcullis-test-${number}`,
      priority: 200 + number,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources: [{ kind: 'serviceTag', name: 'AzureMachineLearning' }],
      destinations: [{ kind: 'any' }],
      sourcePorts: [],
      destinationPorts: [{ from: 443, to: 443 }],
    },
    description: 'Portcullis: for a test',
  } as const;
  return { write: ruleWrite(placed), removal: ruleRemoval(placed) };
}

/** Network Contributor for a principal, as a planner gives it. */
export function plannedRole(
  principalId: string = principals.stranger,
  principalType?: 'ServicePrincipal',
) {
  const given = {
    principalId,
    ...(principalType === undefined ? {} : { principalType }),
    role: { guid: roles.networkContributor, roleName: 'Network Contributor' },
    scope: resourceId(ids.onlineGroup),
    description: 'Portcullis: for a test',
  };
  return { write: roleWrite(given), removal: roleRemoval(given) };
}

/**
 * A simulator and a writer for it, both by one clock that only waiting moves, until the test is over.
 * An answer is given up for lost after `attemptMs` of real time: few where answers are withheld, and
 * more than a busy machine takes where none are.
 */
export async function writtenAzure({
  attemptMs = 400,
  ...options
}: Partial<SimulatorOptions> & { readonly as?: string; readonly attemptMs?: number } = {}) {
  let time = Date.parse('2026-11-26T03:00:00Z');
  const simulator = await startSimulator({
    quotas: false,
    rows: unlockedEstate,
    now: () => new Date(time),
    ...options,
  });
  onTestFinished(() => simulator.stop());
  const waits: number[] = [];
  const wait = (milliseconds: number) => {
    waits.push(milliseconds);
    time += milliseconds;
    return Promise.resolve();
  };
  const writer = azureWriter({
    cloud: { name: 'simulated', ...simulator.cloud },
    credential: {
      getToken: () =>
        Promise.resolve({
          token: simulator.tokenOf(options.as ?? simulator.remediator.objectId),
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
    },
    userAgent: 'portcullis/0.0.0',
    patience: { attemptMs, retryDelayMs: 1, maxRetries: 1 },
    operations: { wait },
    clock: { now: () => time, sleep: wait },
  });
  /**
   * The state of what a request speaks of, by the simulator's own account; undefined where there is
   * nothing, `Succeeded` for what has none.
   */
  const stateOf = ({ url }: ArmWrite): string | undefined => {
    const [id = ''] = url.split('?');
    const text = simulator.snapshot();
    const start = text.toLowerCase().indexOf(`"id":"${id.toLowerCase()}"`);
    const [, state = 'Succeeded'] =
      /^[^\n]*?"provisioningState":"(\w+)"/.exec(text.slice(start)) ?? [];
    return start < 0 ? undefined : state;
  };
  const holds = (request: ArmWrite): boolean => stateOf(request) !== undefined;
  return { simulator, writer, waits, holds, stateOf };
}
