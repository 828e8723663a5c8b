import type { ClusterDraft } from './cluster-draft.ts';

/** The workspace that computes on the cluster belong to. */
export function workspaceId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.MachineLearningServices/workspaces/mlw-${draft.name}`;
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
