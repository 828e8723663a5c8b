import { deployerOnNetwork, deployerOnSubnet } from '../access/aks-permissions.ts';
import { holds } from '../access/effective-permissions.ts';
import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf, parentOf } from '../model/resource-id.ts';
import type { Deployer } from '../settings/cluster-settings.ts';
import { customersSubnets, noSubnet } from './customers-subnets.ts';
import {
  type Need,
  grantEvidence,
  lackEvidence,
  lackingText,
  mendTexts,
} from './access-evidence.ts';
import {
  type Part,
  distinct,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';

/** Whoever deploys can put what they deploy into the network. */
export const deployersCanJoinNetwork = defineCheck<InferenceCluster>({
  id: 'deployers-can-join-network',
  title: 'The configured deployers can join the network of the cluster',
  description:
    'Whoever makes a cluster, a compute or a private endpoint in a virtual network needs rights on that network beside those on what they make: the guidance names reading it and joining it and its subnet. Without them a deployment fails with LinkedAuthorizationFailed, often hours after somebody tidied up role assignments. Name the pipelines and people who deploy in the settings (deployers) and this check works out what they effectively hold: roles there and above, groups, custom roles, conditions and deny assignments. Reading is not needed for deployments by template.',
  advice:
    'Assign Network Contributor on the network, or a custom role with Microsoft.Network/*/read, Microsoft.Network/virtualNetworks/join/action and Microsoft.Network/virtualNetworks/subnets/join/action, to the deployer that the finding names; to a group of deployers, better.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#prerequisites',
  evaluate(cluster, { deployers }) {
    if (deployers.length === 0) return notApplicable('The settings name no deployers.');
    const { subnets } = cluster;
    const own = customersSubnets(cluster);
    if (own === undefined) {
      return notApplicable('AKS made the virtual network itself; nobody deploys into it.');
    }
    const asked = own.length === 0 ? [] : deployers;
    return worstOr(
      [...asked.map((one) => judgeDeployer(one, own, cluster)), ...unreadPart(subnets)],
      noSubnet(cluster.id),
    );
  },
});

function judgeDeployer(
  { principalId, label }: Deployer,
  subnets: readonly ClusterSubnet[],
  { access }: InferenceCluster,
): Part {
  const who = label === undefined ? principalId : `${label} (${principalId})`;
  const needs: readonly Need[] = [
    ...distinct(subnets.map(({ id }) => parentOf(id))).map((scope) => ({
      scope,
      answer: holds(deployerOnNetwork, principalId, scope, access),
    })),
    ...subnets.map(({ id: scope }) => ({
      scope,
      answer: holds(deployerOnSubnet, principalId, scope, access),
    })),
  ];
  const lacking = needs.filter(({ answer }) => answer.verdict === 'notGranted');
  const open = needs.flatMap(({ answer }) => answer.missing);
  if (lacking.length > 0) {
    const words = lacking.map(
      ({ scope, answer }) => `${lackingText(answer.lacking)} on ${nameOf(scope)}`,
    );
    return fail(
      'medium',
      [
        `Deployer ${who} lacks ${listed(words, 2)}; deployments fail with LinkedAuthorizationFailed.`,
        ...mendTexts(
          lacking,
          'Assign Network Contributor or a role with these actions on the network.',
          'deployer',
        ),
      ].join(' '),
      [...lacking.map((need) => lackEvidence(need, who)), ...grantEvidence(needs, who)],
      open,
    );
  }
  return open.length > 0
    ? unknownPart(open, undefined, grantEvidence(needs, who))
    : pass('Every configured deployer can join the network.', grantEvidence(needs, who));
}
