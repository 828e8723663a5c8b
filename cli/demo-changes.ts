import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../shared/reports/report.ts';
import { type TenantDoor, callTenant } from './simulated-tenant.ts';

const ruleName = 'demo-keeps-callers-out';
/** Longer than a check waits for further changes, so that each change is seen by itself. */
const betweenMs = 60_000;
const priorities = { from: 100, to: 4096 };

/** What is broken and mended: a cluster that is well, and the security group in front of it. */
interface Victim {
  readonly cluster: string;
  readonly group: string;
}

/**
 * Breaks a security group of a cluster that is well, mends it, and again, until the signal. Tells
 * what it did; what the service finds comes by another way.
 */
export async function breakAndMend(
  door: TenantDoor,
  report: Report,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const victim = victimIn(report);
  if (victim === undefined) return;
  const group = victim.group.slice(victim.group.lastIndexOf('/') + 1);
  const path = `${victim.group}/securityRules/${ruleName}?api-version=2024-05-01`;
  while (!signal.aborted) {
    await callTenant(door, 'PUT', path, {
      protocol: 'Tcp',
      access: 'Deny',
      direction: 'Inbound',
      priority: await freePriority(door, victim),
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
    });
    tell(`somebody wrote the rule ${ruleName} into ${group}, in front of ${victim.cluster}`);
    await pause(signal);
    if (signal.aborted) return;
    await callTenant(door, 'DELETE', path);
    tell(`somebody removed the rule ${ruleName} from ${group}`);
    await pause(signal);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(betweenMs, undefined, { signal }).catch(() => {});
}

function victimIn({ clusters, verdicts }: Report): Victim | undefined {
  const well = new Map(
    clusters
      .filter(
        ({ posture, scoringEndpoints }) =>
          posture === 'compliant' &&
          scoringEndpoints.some(({ visibility }) => visibility === 'public'),
      )
      .map(({ id, name }) => [id, name]),
  );
  for (const { checkId, clusterId, kind, evidence } of verdicts) {
    const cluster = well.get(clusterId);
    const group = evidence.find(({ at }) => /\/networksecuritygroups\/[^/]+$/.test(at))?.at;
    if (checkId !== 'scoring-inbound-allowed' || kind !== 'pass') continue;
    if (cluster !== undefined && group !== undefined) return { cluster, group };
  }
  return undefined;
}

/** The first that no rule of the group has: two with one are refused. */
async function freePriority(door: TenantDoor, { group }: Victim): Promise<number> {
  const { properties } = await callTenant(door, 'GET', `${group}?api-version=2024-05-01`);
  const rules: unknown = properties?.['securityRules'];
  const text = JSON.stringify(rules ?? []);
  const taken = new Set(
    [...text.matchAll(/"priority":(\d+)/g)].map(([, digits]) => Number(digits)),
  );
  for (let priority = priorities.from; priority <= priorities.to; priority += 1) {
    if (!taken.has(priority)) return priority;
  }
  throw new Error(`${group} has no priority left`);
}
