import type {
  ClusterSubnet,
  InferenceCluster,
  Registry,
  Workspace,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Known, type Missing, foundIn } from '../model/verdict.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import {
  type Part,
  noNodeSubnet,
  notApplicable,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';
import { type OutboundContext, restrictionOf, withRestriction } from './outbound-restriction.ts';
import { type Need, type UnmetNeed, judgeReach, orByEndpoint } from './outbound-reach.ts';
import { regionName } from './outbound-dependencies.ts';
import { askableTag, registryTag } from './required-outbound.ts';
import { nodeSubnets } from './subnet-rules.ts';

/** Where outbound is restricted, nodes still reach the registry their images come from. */
export const restrictedOutboundAllowsRegistry = defineCheck<InferenceCluster>({
  id: 'restricted-outbound-allows-registry',
  title: 'Restricted outbound still allows the container registry',
  description:
    'Every deployment pulls its image from the Azure Container Registry of the workspace. Where rules or routes take some of the cluster’s way to the Internet away, all of TCP 443 to the registry of that region must stay open from every node subnet, or a private endpoint of the registry must be reachable. Otherwise new deployments hang in ImagePullBackOff. Images are layered: the layers also come from the service tag Storage of the region.',
  advice:
    'Allow TCP 443 from the node subnets to the service tag AzureContainerRegistry of the registry’s region (and to Storage of that region) before the rule that denies it, or give the registry a private endpoint in the network.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limit-outbound-connectivity-from-the-virtual-network',
  evaluate(cluster, settings) {
    const { subnets } = cluster;
    const all = foundIn(subnets);
    const context: OutboundContext = { cluster, settings, all };
    const restriction = restrictionOf(context);
    if (restriction.kind === 'none') {
      return notApplicable('Outbound is not restricted: no rule or route takes the Internet away.');
    }
    const [first, ...others] = [
      ...registryReaches(context).flatMap(({ parts }) => parts),
      ...unreadPart(subnets),
    ];
    if (first === undefined) return noNodeSubnet(cluster.id);
    const verdict = worstOf([first, ...others]);
    return withRestriction(verdict, restriction);
  },
});

/** Each registry that nodes pull from, and whether each node subnet reaches it. */
export function registryReaches(
  context: OutboundContext,
): readonly { readonly label: string; readonly parts: readonly Part[] }[] {
  return registriesOf(context.cluster).map((registry) => ({
    label: registry.label,
    parts: nodeSubnets(context.all).map((subnet) => judgeSubnet(registry, subnet, context)),
  }));
}

/** The registries that some node subnet does not reach for certain. */
export function unreachedRegistries(context: OutboundContext): readonly UnmetNeed[] {
  return registriesOf(context.cluster).flatMap((pulled) =>
    nodeSubnets(context.all)
      .filter((subnet) => judgeSubnet(pulled, subnet, context).kind === 'fail')
      .map((subnet) => ({
        need: needOf(pulled),
        destination: tagOf(pulled, context.cluster),
        subnet,
      })),
  );
}

/** A registry the nodes pull from: where it is, as far as that is known. */
interface PulledRegistry {
  readonly label: string;
  /** Undefined where the workspace or its registry could not be read. */
  readonly location: string | undefined;
  readonly registry: Known<Registry | null>;
  readonly missing: readonly Missing[];
}

/** The registry of each workspace, else the workspace's region, else the cluster's. */
function registriesOf(cluster: InferenceCluster): readonly PulledRegistry[] {
  const none: Known<Registry | null> = { known: true, value: null };
  const { workspaces } = cluster;
  const unread: readonly PulledRegistry[] = workspaces.known
    ? []
    : [
        {
          label: 'the registry of the workspace',
          location: undefined,
          registry: { known: false, missing: workspaces.missing },
          missing: workspaces.missing,
        },
      ];
  const found = foundIn(workspaces);
  if (found.length === 0 && workspaces.known) {
    const label = `the registries of ${cluster.location}`;
    return [{ label, location: cluster.location, registry: none, missing: [] }];
  }
  return [...unread, ...found.map(pulledBy)];
}

function pulledBy({ id, location, registry }: Workspace): PulledRegistry {
  if (!registry.known) {
    const label = `the registry of workspace ${nameOf(id)}`;
    return { label, location: undefined, registry, missing: registry.missing };
  }
  return registry.value === null
    ? { label: `the registries of ${location}`, location, registry, missing: [] }
    : {
        label: `registry ${nameOf(registry.value.id)}`,
        location: registry.value.location,
        registry,
        missing: [],
      };
}

function judgeSubnet(
  pulled: PulledRegistry,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const direct = judgeDirectly(pulled, subnet, context);
  if (direct.kind === 'pass') return direct;
  const { registry } = pulled;
  // A registry that could not be read may have a private endpoint in the network.
  if (!registry.known) return direct.kind === 'fail' ? unknownPart(pulled.missing) : direct;
  if (registry.value === null) return direct;
  return orByEndpoint(direct, registry.value.privateEndpoints, needOf(pulled), subnet, context);
}

function judgeDirectly(
  pulled: PulledRegistry,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  return judgeReach(needOf(pulled), tagOf(pulled, context.cluster), subnet, context);
}

function tagOf({ location }: PulledRegistry, { serviceTags }: InferenceCluster): AddressMatch {
  return location === undefined
    ? { kind: 'serviceTag', name: 'AzureContainerRegistry' }
    : askableTag(registryTag(location), serviceTags);
}

function needOf({ label, location, missing }: PulledRegistry): Need {
  const region = location === undefined ? '' : `.${regionName(location)}`;
  return {
    label,
    protocol: 'Tcp',
    ports: [443],
    severity: 'high',
    remark: `Image layers also come from Storage${region}.`,
    uncertain: location === undefined ? missing : [],
  };
}
