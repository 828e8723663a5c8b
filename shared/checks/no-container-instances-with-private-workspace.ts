import type {
  ContainerGroup,
  InferenceCluster,
  Registry,
  Workspace,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
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

/** No model of the workspace runs on Azure Container Instances in a network. */
export const noContainerInstancesWithPrivateWorkspace = defineCheck<InferenceCluster>({
  id: 'no-container-instances-with-private-workspace',
  title: 'A workspace with a private endpoint has no container instances in a virtual network',
  description:
    "The guidance does not support models on Azure Container Instances in a virtual network once the workspace has a private endpoint: they are made and then cannot be reached, updated or deleted from the workspace. Container groups of the workspace's resource group that lie in a subnet and run an image of the workspace's registry are taken for such models.",
  advice:
    'Deploy the models of these container groups to the cluster, or to a managed online endpoint with network isolation, move their callers, and delete the container groups. A container group that has nothing to do with Azure ML can be exempt.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-container-instances',
  evaluate({ workspaces }) {
    return worstOr(
      [...foundIn(workspaces).map(judgeWorkspace), ...unreadPart(workspaces)],
      notApplicable('No Azure ML workspace attaches the cluster.'),
    );
  },
});

function judgeWorkspace({ id, entrance, registry, containerGroups }: Workspace): Part {
  if (!entrance.known) return unknownPart(entrance.missing);
  const name = nameOf(id);
  if (entrance.value.approvedEndpoints.length === 0) {
    return notApplicable(`Workspace ${name} has no approved private endpoint.`);
  }
  const inNetwork = foundIn(containerGroups).filter(({ networkIds }) => networkIds.length > 0);
  const own = registry.known ? inNetwork.filter((group) => isFrom(registry.value, group)) : [];
  const missing = [
    ...(containerGroups.known ? [] : containerGroups.missing),
    ...(registry.known || inNetwork.length === 0 ? [] : registry.missing),
  ];
  if (own.length > 0) {
    return fail(
      'medium',
      `Workspace ${name} has a private endpoint, and models of it run on Azure Container Instances in a virtual network, which is not supported: ${listed(own.map((group) => nameOf(group.id)))}. Deploy them to the cluster.`,
      own.map((group) => ({
        at: group.id,
        says: `runs ${listed(group.images)} in ${listed(group.networkIds.map(nameOf))}`,
      })),
      missing,
    );
  }
  return missing.length > 0
    ? unknownPart(missing)
    : pass(`No model of workspace ${name} runs on container instances in a virtual network.`, [
        { at: id, says: `${foundIn(containerGroups).length} container groups lie beside it` },
      ]);
}

/** Whether the group runs an image of the registry; a workspace without one has built none. */
function isFrom(registry: Registry | null, { images }: ContainerGroup): boolean {
  if (registry === null) return false;
  const host = registry.loginServer ?? `${nameOf(registry.id)}.azurecr.io`;
  return images.some((image) => image.startsWith(`${host}/`));
}
