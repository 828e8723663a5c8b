import type { ClusterDraft } from './cluster-draft.ts';

/** The workspace that computes on the cluster belong to. */
export function workspaceId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.MachineLearningServices/workspaces/mlw-${draft.name}`;
}

/** Another workspace that attaches the cluster, with the same storage, vault and registry; undefined without one. */
export function secondWorkspaceId(draft: ClusterDraft): string | undefined {
  const { second } = draft.posture.computes;
  const { groupId, networkSubscription, name } = draft;
  const group =
    second === 'ofAnotherSubscription'
      ? `/subscriptions/${networkSubscription.id}/resourceGroups/rg-${name}-ml`
      : groupId;
  return second === 'ofAnotherWorkspace' || second === 'ofAnotherSubscription'
    ? `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-${name}-b`
    : undefined;
}

/** The hub of the workspace where it is a project. */
export function hubId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.MachineLearningServices/workspaces/hub-${draft.name}`;
}

export function storageId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.Storage/storageAccounts/${shortName('st', draft)}`;
}

export function vaultId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.KeyVault/vaults/${shortName('kv', draft)}`;
}

/** Names of storage accounts and vaults have at most 24 characters. */
function shortName(prefix: string, draft: ClusterDraft): string {
  return `${prefix}${draft.index}${draft.name.replaceAll('-', '')}`.slice(0, 24);
}

/** Whether a compute, and so a workspace, points at the cluster. */
export function hasWorkspace({ attachment }: ClusterDraft): boolean {
  return attachment === 'v1' || attachment === 'v2';
}

/** Whether a compute of the retired type attaches the cluster. */
export function hasLegacyCompute({ attachment, posture }: ClusterDraft): boolean {
  return attachment === 'v1' || posture.computes.second === 'legacy';
}
