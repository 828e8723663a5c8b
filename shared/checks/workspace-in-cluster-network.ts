import type { ClusterSubnet, InferenceCluster, Workspace } from '../facts/inference-cluster.ts';
import type { LinkedResource } from '../facts/linked-resources.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf, parentOf } from '../model/resource-id.ts';
import { type Evidence, type Known, foundIn, known } from '../model/verdict.ts';
import { noSubnet } from './customers-subnets.ts';
import {
  type Part,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';
import { type Path, hasServiceEndpoint, pathInto } from './private-path.ts';

/** The nodes reach the workspace and what belongs to it without leaving their network. */
export const workspaceInClusterNetwork = defineCheck<InferenceCluster>({
  id: 'workspace-in-cluster-network',
  title: "The workspace and its resources are reached from the cluster's network",
  description:
    "The guidance asks that the workspace of a cluster in a virtual network, its storage account (blob and file), key vault and container registry have private endpoints or service endpoints in the cluster's network. Without them the nodes fetch models, secrets and images over the Internet, or, where public access is off, not at all: deployments then hang or fail. A private endpoint counts once it is approved. A service endpoint needs both sides: the subnet's entry, on every subnet of nodes, and the resource's rule for that subnet; a workspace takes none. With v2 a connected peer of the network will do as well; the page for v1 speaks of the same network only. A project is reached through its hub.",
  advice:
    "Make what the finding lists: az network private-endpoint create --subnet <subnet of the cluster's network> --private-connection-resource-id <resource> --group-id <group> …, with its private DNS zone linked to the network, and approve the connection. Or, not for the workspace, switch on the service endpoint (az network vnet subnet update --service-endpoints …) on every node subnet and admit those subnets in the resource's firewall. A registry takes either only in its Premium tier.",
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'snippet',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limitations',
  evaluate(cluster) {
    const { workspaces, subnets } = cluster;
    const parts = [
      ...foundIn(workspaces).flatMap((workspace) => judgeWorkspace(workspace, cluster)),
      ...unreadPart(workspaces),
    ];
    const isPlaced = foundIn(subnets).some(({ usedBy }) => usedBy.includes('nodes'));
    if (parts.length > 0 && !isPlaced) {
      return subnets.known ? noSubnet(cluster.id) : unknownPart(subnets.missing);
    }
    return worstOr(parts, notApplicable('No Azure ML workspace attaches the cluster.'));
  },
});

/** One resource that nodes must reach, and by which parts of it. */
interface Target {
  /** What it is; its own name goes behind. */
  readonly label: string;
  /** The workspace that uses it, unless it is that itself. */
  readonly owner?: string;
  readonly resource: Known<LinkedResource>;
  readonly groups: readonly string[];
  /** The service endpoint that leads to it; a workspace takes none. */
  readonly service?: string;
}

function judgeWorkspace(workspace: Workspace, cluster: InferenceCluster): readonly Part[] {
  const name = nameOf(workspace.id);
  const { hubId, entrance, storage, vault, registry } = workspace;
  const targets: Target[] = [
    {
      label: hubId === undefined ? 'workspace' : 'hub',
      ...(hubId === undefined ? {} : { owner: name }),
      resource: entrance,
      groups: ['amlworkspace'],
    },
    {
      label: 'storage account',
      owner: name,
      resource: storage,
      groups: ['blob', 'file'],
      service: 'microsoft.storage',
    },
    {
      label: 'key vault',
      owner: name,
      resource: vault,
      groups: ['vault'],
      service: 'microsoft.keyvault',
    },
  ];
  const present = presentRegistry(registry);
  if (present === null) {
    const says = 'has no container registry yet; it gets one with its first image';
    return [...targets.map(judge), pass(`${name} ${says}.`, [{ at: workspace.id, says }])];
  }
  const ofRegistry: Target = {
    label: 'container registry',
    owner: name,
    resource: present,
    groups: ['registry'],
    service: 'microsoft.containerregistry',
  };
  return [...targets, ofRegistry].map(judge);

  function judge(target: Target): Part {
    return judgeTarget(target, cluster, isLegacy(workspace, cluster));
  }
}

/** Null where there is none yet. */
function presentRegistry(registry: Workspace['registry']): Known<LinkedResource> | null {
  if (!registry.known) return registry;
  return registry.value === null ? null : known(registry.value);
}

/** Whether a v1 compute attaches it: its guidance knows no peered networks. */
function isLegacy({ id }: Workspace, { computes }: InferenceCluster): boolean {
  return foundIn(computes).some(({ workspaceId, type }) => workspaceId === id && type === 'AKS');
}

function judgeTarget(
  { label, owner, resource, groups, service }: Target,
  { subnets }: InferenceCluster,
  legacy: boolean,
): Part {
  if (!resource.known) return unknownPart(resource.missing);
  const nodes = foundIn(subnets).filter(({ usedBy }) => usedBy.includes('nodes'));
  const paths = groups.map((group) => pathInto(resource.value, group, service, nodes));
  const target = `${label} ${nameOf(resource.value.id)}${owner === undefined ? '' : ` of ${owner}`}`;
  const evidence = paths.flatMap(evidenceOf);
  const lacking = paths.filter(({ kind }) => kind === 'none');
  const open = [
    ...paths.flatMap((path) => (path.kind === 'unknown' ? path.missing : [])),
    ...(subnets.known ? [] : subnets.missing),
  ];
  if (lacking.length > 0) {
    const parts = listed(lacking.map(({ group }) => group));
    const isOff = resource.value.publicAccess === 'off';
    const whys = obstacles(resource.value, nodes, service);
    const consequence = isOff
      ? 'Its public access is off, so the nodes cannot reach it.'
      : 'The nodes reach it over the Internet.';
    const or =
      service === undefined ? '' : ', or a service endpoint on every node subnet and a rule';
    return fail(
      isOff ? 'high' : 'medium',
      `No private path leads from the cluster's network to ${target} (${parts}): ${listed(
        whys.map(({ says }) => says),
        2,
      )}. ${consequence} Add an approved private endpoint${or}.`,
      [...evidence, ...whys],
      open,
    );
  }
  const peered = paths.filter(({ kind }) => kind === 'peer');
  if (legacy && peered.length > 0) {
    return fail(
      'low',
      `The private endpoint of ${target} (${listed(peered.map(({ group }) => group))}) is in a peered network; with a v1 compute the guidance asks for the cluster's own.`,
      evidence,
      open,
    );
  }
  return open.length > 0
    ? unknownPart(open, undefined, evidence)
    : pass(`The nodes reach ${target} from their network.`, evidence);
}

function evidenceOf(path: Path): readonly Evidence[] {
  switch (path.kind) {
    case 'own':
    case 'peer': {
      const place = path.kind === 'own' ? "the cluster's network" : 'a connected peer of it';
      return [
        {
          at: path.endpointId,
          says: `private endpoint ${nameOf(path.endpointId)} (${path.group}) is in ${place}`,
        },
      ];
    }
    case 'serviceEndpoint':
      return path.subnetIds.map((at) => ({
        at,
        says: `has a service endpoint, and the resource admits it (${path.group})`,
      }));
    case 'none':
    case 'unknown':
      return [];
    default:
      return path satisfies never;
  }
}

/** What there is and does not count, each with why. */
function obstacles(
  { id, otherEndpoints, privateEndpoints, admittedSubnets, publicAccess }: LinkedResource,
  nodes: readonly ClusterSubnet[],
  service: string | undefined,
): readonly Evidence[] {
  const endpoints = [
    ...otherEndpoints.map(({ id: at, status }) => ({
      at,
      says: `private endpoint ${nameOf(at)} is ${status}, and counts once it is approved`,
    })),
    ...foundIn(privateEndpoints).map(({ id: at, subnetId, groups }) => ({
      at,
      says: `private endpoint ${nameOf(at)} (${listed(groups)}) lies in network ${nameOf(parentOf(subnetId))}`,
    })),
  ];
  const halves =
    service === undefined
      ? []
      : nodes.flatMap(({ id: subnet, serviceEndpoints }): readonly Evidence[] => {
          const isOn =
            serviceEndpoints.known && hasServiceEndpoint(serviceEndpoints.value, service);
          const isAdmitted = admittedSubnets.includes(subnet);
          if (isOn === isAdmitted) return [];
          const name = `subnet ${nameOf(subnet)}`;
          const says = isOn
            ? `no rule admits ${name}, which has a service endpoint`
            : `${name} has no service endpoint ${service}, although a rule admits it`;
          return [{ at: isOn ? id : subnet, says }];
        });
  const found = [...endpoints, ...halves];
  return found.length > 0
    ? found
    : [{ at: id, says: `it has no private endpoint (public access is ${publicAccess})` }];
}
