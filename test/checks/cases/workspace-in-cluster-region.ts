import type { Workspace } from '../../../shared/facts/inference-cluster.ts';
import type { LinkedResource } from '../../../shared/facts/linked-resources.ts';
import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, cluster, linked, networkResource, unread, workspace } from '../build.ts';

const endpointId = networkResource('privateEndpoints', 'ws-pe');
const entrance = (changes: Partial<LinkedResource>) => ({
  entrance: known(linked('Microsoft.MachineLearningServices/workspaces', 'fraud-ws', changes)),
});
const behind = entrance({ approvedEndpoints: [endpointId] });
const attached = (...workspaces: readonly Workspace[]) =>
  cluster({ workspaces: known(workspaces) });

const cases: readonly CheckCase[] = [
  {
    name: 'a workspace with a private endpoint in the region of the cluster',
    given: attached(workspace(behind)),
    expect: 'pass',
    says: /westeurope/,
  },
  {
    name: 'a workspace with a private endpoint in another region',
    given: attached(workspace({ ...behind, location: 'northeurope' })),
    expect: 'fail',
    severity: 'high',
    says: /northeurope.*westeurope/,
  },
  {
    name: 'one of two workspaces is in another region',
    given: attached(workspace(behind), workspace({ ...behind, location: 'northeurope' })),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a workspace in another region without a private endpoint',
    given: attached(workspace({ location: 'northeurope' })),
    expect: 'notApplicable',
  },
  {
    name: 'the private endpoint waits for approval',
    given: attached(
      workspace({
        ...entrance({ otherEndpoints: [{ id: endpointId, status: 'pending' }] }),
        location: 'northeurope',
      }),
    ),
    expect: 'notApplicable',
    says: /approved/,
  },
  {
    name: 'the private endpoint is approved, and its own row is in a subscription nobody read',
    given: attached(
      workspace({
        ...entrance({
          approvedEndpoints: [endpointId],
          privateEndpoints: unread('private endpoint ws-pe'),
        }),
        location: 'northeurope',
      }),
    ),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'the hub of a project was not read',
    given: attached(workspace({ entrance: unread('hub workspace') })),
    expect: 'unknown',
    says: /hub workspace/,
  },
  {
    name: 'the region of the cluster is not known',
    given: cluster({ location: '', workspaces: known([workspace(behind)]) }),
    expect: 'unknown',
    says: /its row has no location","gap":true/,
  },
  {
    name: 'the computes were not read, so that there may be other workspaces',
    given: cluster({ workspaces: { ...unread('computes'), found: [workspace(behind)] } }),
    expect: 'unknown',
  },
  { name: 'no workspace attaches the cluster', given: attached(), expect: 'notApplicable' },
];
export default cases;
