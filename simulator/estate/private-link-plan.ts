import type { ClusterDraft } from './cluster-draft.ts';
import type { EndpointPlace, LinkDraft } from './posture-draft.ts';
import {
  hubId,
  secondWorkspaceId,
  storageId,
  vaultId,
  workspaceId,
} from './workspace-resources.ts';

/** A private endpoint to one part of a resource of the workspace. */
export interface PlannedEndpoint {
  readonly id: string;
  readonly group: string;
  readonly place: Exclude<EndpointPlace, 'none'>;
  readonly targetId: string;
  /** The last part of its address in its subnet. */
  readonly host: number;
}

/** The workspace, or the hub that a project is reached through. */
function entranceId(draft: ClusterDraft): string {
  return draft.posture.links.isProject ? hubId(draft) : workspaceId(draft);
}

/** Whether the network of the cluster's hub is connected to its own. */
export function isPeered({ peers }: ClusterDraft): boolean {
  return peers.some(({ state }) => state === 'Connected');
}

/** Ids of private endpoints that lie where the reader may not look. */
export function unreadEndpoints(draft: ClusterDraft): readonly string[] {
  return plannedEndpoints(draft)
    .filter(({ place }) => place === 'unread')
    .map(({ id }) => id.toLowerCase());
}

/** Whether a private endpoint lies in the cluster's own network. */
export function usesEndpointSubnet(draft: ClusterDraft): boolean {
  return plannedEndpoints(draft).some(({ place }) => place === 'own' || place === 'pending');
}

/** Entries of service endpoints on the node subnet at this place. */
export function serviceEndpointsOf(draft: ClusterDraft, pool: number): readonly object[] {
  const { storage, vault, registry } = draft.posture.links;
  const services = [
    [storage, 'Microsoft.Storage'],
    [vault, 'Microsoft.KeyVault'],
    [registry, 'Microsoft.ContainerRegistry'],
  ] as const;
  return services
    .filter(
      ([{ serviceEndpoint }]) =>
        serviceEndpoint === 'both' ||
        serviceEndpoint === 'entriesOnly' ||
        (serviceEndpoint === 'firstSubnetOnly' && pool === 0),
    )
    .map(([, service]) => ({ provisioningState: 'Succeeded', service, locations: ['*'] }));
}

/** Every private endpoint of the workspaces, their storage and their vault. */
export function plannedEndpoints(draft: ClusterDraft): readonly PlannedEndpoint[] {
  const { links } = draft.posture;
  const second = secondWorkspaceId(draft);
  const targets: readonly (readonly [string, LinkDraft])[] = [
    [entranceId(draft), links.workspace],
    [storageId(draft), links.storage],
    [vaultId(draft), links.vault],
    // A second project of the hub is reached through it too.
    ...(second === undefined || links.isProject ? [] : [[second, links.workspace] as const]),
  ];
  return targets
    .flatMap(([targetId, { endpoints }]) =>
      Object.entries(endpoints).map(([group, place]) => ({ targetId, group, place })),
    )
    .flatMap(({ place, group, targetId }, at) =>
      place === 'none'
        ? []
        : [
            {
              targetId,
              group,
              place,
              host: 20 + at,
              id: endpointId(draft, `${group}-${at}`, place),
            },
          ],
    );
}

function endpointId(draft: ClusterDraft, purpose: string, place: EndpointPlace): string {
  // Somebody else's subscription, which the reader does not see.
  const foreign = '/subscriptions/5f3c1d2e-0b6a-4c7d-a1f4-9e8d7c6b5a40/resourceGroups/rg-partner';
  const groupId = place === 'unread' ? foreign : draft.groupId;
  return `${groupId}/providers/Microsoft.Network/privateEndpoints/pe-${draft.name}-${purpose}`;
}
