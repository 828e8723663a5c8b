import type { Gap } from '../ports.ts';
import type { ResourceType } from './resource-types.ts';

/** What shows which clusters serve Azure ML: where every live reading sets out. */
export const rootTypes: readonly ResourceType[] = [
  'microsoft.containerservice/managedclusters',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
  'microsoft.kubernetesconfiguration/extensions',
  'microsoft.network/publicipaddresses',
];

const roots: ReadonlySet<string> = new Set(rootTypes);

/** Whether a gap may hide that a cluster serves Azure ML. */
export function mayHideService({ type }: Gap): boolean {
  return type === undefined || roots.has(type);
}
