import type { ClusterDraft, Expected } from './cluster-draft.ts';
import {
  failHigh,
  failLow,
  failMedium,
  nodeSubnets,
  notApplicable,
  pass,
  unknown,
} from './cluster-draft.ts';
import { registryId } from './outbound-scenarios.ts';
import { isPeered } from './private-link-plan.ts';
import type { EndpointPlace, LinkDraft, LinksDraft } from './posture-draft.ts';
import type { PostureScenario, TruthByCheck } from './posture-scenarios.ts';
import { hasLegacyCompute, hasWorkspace, hubId, storageId } from './workspace-resources.ts';
import { withoutWorkspace } from './without-workspace.ts';

/** Ways to reach a workspace: `workspace-in-cluster-region` and `workspace-in-cluster-network`. */
export const privateLinkScenarios: readonly PostureScenario[] = [
  scenario('linked-by-service-endpoints', ({ links }) => {
    byServiceEndpoints(links);
  }),
  scenario('linked-by-private-endpoints', ({ links }) => {
    byPrivateEndpoints(links, 'own');
  }),
  scenario('nothing-linked', ({ links }) => {
    links.registry.serviceEndpoint = 'none';
  }),
  scenario('workspace-closed-without-endpoint', ({ links }) => {
    byServiceEndpoints(links);
    links.workspace.endpoints['amlworkspace'] = 'none';
    links.workspace.publicAccess = 'disabled';
  }),
  scenario('storage-endpoint-for-blobs-only', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.storage.endpoints['file'] = 'none';
  }),
  scenario('vault-endpoint-pending', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.vault.endpoints['vault'] = 'pending';
  }),
  scenario('workspace-endpoint-pending', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.workspace.endpoints['amlworkspace'] = 'pending';
  }),
  scenario('service-endpoint-without-rule', ({ links }) => {
    byServiceEndpoints(links);
    links.vault.serviceEndpoint = 'entriesOnly';
    links.vault.publicAccess = 'addresses';
  }),
  scenario('rule-without-service-endpoint', ({ links }) => {
    byServiceEndpoints(links);
    links.storage.serviceEndpoint = 'rulesOnly';
  }),
  scenario('service-endpoint-behind-closed-storage', ({ links }) => {
    byServiceEndpoints(links);
    links.storage.publicAccess = 'disabled';
  }),
  scenario(
    'service-endpoint-on-one-of-two-subnets',
    ({ links }) => {
      byServiceEndpoints(links);
      links.storage.serviceEndpoint = 'firstSubnetOnly';
    },
    (draft) => nodeSubnets(draft).length === 2,
  ),
  scenario(
    'linked-in-peered-network',
    ({ links }) => {
      byPrivateEndpoints(links, 'peer');
    },
    isPeered,
  ),
  scenario('vault-endpoint-in-unrelated-network', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.vault.endpoints['vault'] = 'elsewhere';
  }),
  scenario('storage-endpoint-not-readable', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.storage.endpoints['file'] = 'unread';
  }),
  scenario('storage-not-exported', ({ links }, draft) => {
    byPrivateEndpoints(links, 'own');
    draft.hidden.add(storageId(draft).toLowerCase());
  }),
  scenario('workspace-in-another-region', ({ links }) => {
    byServiceEndpoints(links);
    links.inAnotherRegion = true;
  }),
  scenario('project-of-a-hub', ({ links }) => {
    byServiceEndpoints(links);
    links.isProject = true;
  }),
  scenario('project-that-names-its-resources', ({ links }) => {
    byPrivateEndpoints(links, 'own');
    links.isProject = true;
    links.projectNamesResources = true;
  }),
  scenario('hub-not-exported', ({ links }, draft) => {
    byServiceEndpoints(links);
    links.isProject = true;
    links.projectNamesResources = true;
    draft.hidden.add(hubId(draft).toLowerCase());
  }),
  withoutWorkspace('no-workspace', 'workspace-in-cluster-region', 'workspace-in-cluster-network'),
];

function scenario(
  name: string,
  plant: (posture: ClusterDraft['posture'], draft: ClusterDraft) => void,
  fits: (draft: ClusterDraft) => boolean = () => true,
): PostureScenario {
  return {
    name,
    fits: (draft) => hasWorkspace(draft) && fits(draft),
    plant(draft) {
      draft.posture.links.registry.serviceEndpoint = 'both';
      plant(draft.posture, draft);
    },
    truth: (draft) => both(regionTruth(draft), networkTruth(draft)),
  };
}

function both(region: Expected, network: Expected): TruthByCheck {
  return { 'workspace-in-cluster-region': region, 'workspace-in-cluster-network': network };
}

function byPrivateEndpoints(links: LinksDraft, place: EndpointPlace): void {
  for (const { endpoints } of [links.workspace, links.storage, links.vault]) {
    for (const group of Object.keys(endpoints)) endpoints[group] = place;
  }
}

function byServiceEndpoints({ workspace, storage, vault }: LinksDraft): void {
  workspace.endpoints['amlworkspace'] = 'own';
  for (const link of [storage, vault]) {
    link.serviceEndpoint = 'both';
    link.publicAccess = 'rules';
  }
}

/** Whether somebody approved a private endpoint of the workspace, wherever it is. */
export function isBehindEndpoint({ posture }: ClusterDraft): boolean {
  const place = posture.links.workspace.endpoints['amlworkspace'];
  return place !== 'none' && place !== 'pending';
}

function regionTruth(draft: ClusterDraft): Expected {
  if (draft.hidden.has(hubId(draft).toLowerCase())) return unknown;
  if (!isBehindEndpoint(draft)) return notApplicable;
  return draft.posture.links.inAnotherRegion ? failHigh : pass;
}

function networkTruth(draft: ClusterDraft): Expected {
  const { workspace, storage, vault, registry } = draft.posture.links;
  const isHidden = (id: string): boolean => draft.hidden.has(id.toLowerCase());
  const answers = [
    ...(isHidden(hubId(draft)) ? [unknown] : partsOf(workspace, draft)),
    ...(isHidden(storageId(draft)) ? [unknown] : partsOf(storage, draft)),
    ...partsOf(vault, draft),
    isHidden(registryId(draft)) ? unknown : partTruth(registry, registryPlace(draft), draft),
  ];
  const order = [failHigh, failMedium, failLow, unknown, pass];
  return order.find((one) => answers.includes(one)) ?? pass;
}

function partsOf(link: LinkDraft, draft: ClusterDraft): readonly Expected[] {
  return Object.values(link.endpoints).map((place) => partTruth(link, place, draft));
}

/** The outbound scenario may have given the registry a private endpoint. */
function registryPlace({ privateEndpoints }: ClusterDraft): EndpointPlace {
  const [approved] = privateEndpoints.filter(({ state }) => state === 'Approved');
  return approved?.place ?? 'none';
}

function partTruth(link: LinkDraft, place: EndpointPlace, draft: ClusterDraft): Expected {
  const byService = link.serviceEndpoint === 'both' && link.publicAccess !== 'disabled';
  if (place === 'own' || byService) return pass;
  if (place === 'peer' && isPeered(draft)) return hasLegacyCompute(draft) ? failLow : pass;
  if (place === 'unread') return unknown;
  const isClosed = link.publicAccess === 'disabled' || link.publicAccess === 'rules';
  return isClosed ? failHigh : failMedium;
}
