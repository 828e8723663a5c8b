import type { InferenceCluster, Workspace } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import {
  type Part,
  fail,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';

/** A workspace behind a private endpoint serves clusters of its own region only. */
export const workspaceInClusterRegion = defineCheck<InferenceCluster>({
  id: 'workspace-in-cluster-region',
  title: "A workspace with a private endpoint is in the cluster's region",
  description:
    'The guidance asks that a workspace with a private endpoint and its AKS cluster are in one Azure region. Across regions attaching and deploying fail, or break with the next change. Only private endpoints that somebody approved count: one that is pending or was rejected leads nowhere. A project has the private endpoints of its hub.',
  advice:
    "Neither a workspace nor a cluster can be moved to another region. Make a cluster in the workspace's region and attach it, or a workspace in the cluster's region, deploy there, and detach the old one.",
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limitations',
  evaluate(cluster) {
    const { workspaces } = cluster;
    return worstOr(
      [
        ...foundIn(workspaces).map((workspace) => judgeWorkspace(workspace, cluster)),
        ...unreadPart(workspaces),
      ],
      notApplicable('No Azure ML workspace attaches the cluster.'),
    );
  },
});

function judgeWorkspace({ id, location, entrance }: Workspace, cluster: InferenceCluster): Part {
  if (!entrance.known) return unknownPart(entrance.missing);
  const name = nameOf(id);
  const [endpoint] = entrance.value.approvedEndpoints;
  if (endpoint === undefined) {
    return notApplicable(`Workspace ${name} has no approved private endpoint.`);
  }
  if (cluster.location === '') {
    const why = 'its row has no location';
    return unknownPart([{ what: 'region of the cluster', scope: cluster.id, why, gap: true }]);
  }
  const evidence = [
    { at: id, says: `workspace ${name} is in ${location}` },
    { at: endpoint, says: `is an approved private endpoint of ${nameOf(entrance.value.id)}` },
  ];
  return location === cluster.location
    ? pass(`Workspace ${name} and the cluster are both in ${location}.`, evidence)
    : fail(
        'high',
        `Workspace ${name} has a private endpoint and is in ${location}, the cluster in ${cluster.location}: they must be in one region.`,
        evidence,
      );
}
