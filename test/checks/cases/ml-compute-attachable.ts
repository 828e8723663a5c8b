import type { ControlPlane } from '../../../shared/facts/control-plane.ts';
import type { AttachedCompute, InferenceCluster } from '../../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import { noServiceTags } from '../../../shared/network/service-tags.ts';
import { type CheckCase, cluster, compute, controlPlane, unread, workspace } from '../build.ts';

const v1 = compute({ type: 'AKS' });
const other = resourceId(`${workspace().id}-b`);
const elsewhere = resourceId(
  '/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws',
);
const binding = (sourceId = workspace().id, role = 'mlworkload') => ({
  id: resourceId('/subscriptions/s/…/trustedAccessRoleBindings/aml'),
  sourceId,
  roles: [`microsoft.machinelearningservices/workspaces/${role}`],
});
const attached = (
  computes: readonly AttachedCompute[],
  changes: Partial<ControlPlane> = {},
  more: Partial<InferenceCluster> = {},
) => cluster({ computes: known(computes), controlPlane: controlPlane(changes), ...more });
const withoutAccounts: Partial<ControlPlane> = { localAccounts: 'disabled' };
const ranged = (
  authorizedRanges: readonly string[],
  computes: readonly AttachedCompute[] = [compute()],
  changes: Partial<ControlPlane> = {},
  more: Partial<InferenceCluster> = {},
) =>
  attached(computes, { authorizedRanges, ...changes }, { apiServer: 'authorizedRanges', ...more });

const cases: readonly CheckCase[] = [
  {
    name: 'a v2 compute of the same subscription',
    given: cluster(),
    expect: 'pass',
    says: /is in subscription 11111111-1111-4111-8111-111111111111"/,
  },
  { name: 'one v1 compute of the same subscription', given: attached([v1]), expect: 'pass' },
  {
    name: 'two workspaces attach the cluster as v2 computes',
    given: attached([compute(), compute({ workspaceId: other })]),
    expect: 'pass',
  },
  {
    name: 'two workspaces attach the cluster as v1 computes',
    given: attached([v1, compute({ type: 'AKS', workspaceId: other })]),
    expect: 'fail',
    severity: 'medium',
    says: /2 v1 computes/,
  },
  {
    name: 'one v1 and one v2 compute, on the move',
    given: attached([v1, compute({ workspaceId: other })]),
    expect: 'pass',
  },
  {
    name: 'a workspace of another subscription',
    given: attached([compute({ workspaceId: elsewhere })]),
    expect: 'fail',
    severity: 'medium',
    says: /another subscription/,
  },
  {
    name: 'v2 on a cluster with a service principal',
    given: attached([compute()], { identityKind: known('servicePrincipal') }),
    expect: 'fail',
    severity: 'medium',
    says: /managed identity/,
  },
  {
    name: 'v2 on a cluster with a user-assigned identity, which has no identity.principalId',
    given: attached([compute()], { identityKind: known('userAssigned') }),
    expect: 'pass',
  },
  {
    name: 'v1 on a cluster with a service principal',
    given: attached([v1], { identityKind: known('servicePrincipal') }),
    expect: 'pass',
  },
  {
    name: 'v2, and the cluster names no identity',
    given: attached([compute()], { identityKind: unread('identity of the control plane') }),
    expect: 'unknown',
  },
  {
    name: 'v2, local accounts are disabled, and Trusted Access lets the workspace in',
    given: attached([compute()], { ...withoutAccounts, trustedAccess: known([binding()]) }),
    expect: 'pass',
  },
  {
    name: 'Trusted Access lets another workspace in',
    given: attached([compute()], { ...withoutAccounts, trustedAccess: known([binding(other)]) }),
    expect: 'fail',
    severity: 'medium',
    says: /the v2 compute inference cannot sign in.*Bind workspace fraud-ws.*"is a v2 compute of workspace fraud-ws"/,
  },
  {
    name: 'two workspaces, and Trusted Access lets one of them in',
    given: attached([compute(), compute({ workspaceId: other })], {
      ...withoutAccounts,
      trustedAccess: known([binding()]),
    }),
    expect: 'fail',
    severity: 'medium',
    says: /fraud-ws-b/,
  },
  {
    name: 'a binding in another role',
    given: attached([compute()], {
      ...withoutAccounts,
      trustedAccess: known([binding(workspace().id, 'inference-v1')]),
    }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'v2, local accounts are disabled, and the bindings were not read',
    given: attached([compute()], { ...withoutAccounts, trustedAccess: unread('role bindings') }),
    expect: 'unknown',
    says: /role bindings/,
  },
  {
    name: 'v1, local accounts are disabled: no binding would help',
    given: attached([v1], { ...withoutAccounts, trustedAccess: unread('role bindings') }),
    expect: 'fail',
    severity: 'medium',
    says: /the v1 compute inference cannot sign in.*does not help.*"is a v1 compute of workspace fraud-ws"/,
  },
  {
    name: 'authorized ranges without any address of Azure ML',
    given: ranged(['203.0.113.0/24']),
    expect: 'fail',
    severity: 'medium',
    says: /AzureMachineLearning/,
  },
  {
    name: 'authorized ranges without any address of Azure ML, and Trusted Access',
    given: ranged(['203.0.113.0/24'], [compute()], { trustedAccess: known([binding()]) }),
    expect: 'pass',
  },
  {
    name: 'authorized ranges that hold all of Azure ML',
    given: ranged(['51.0.3.0/25', '51.0.3.128/25'], [v1]),
    expect: 'pass',
  },
  {
    name: 'authorized ranges that hold some of Azure ML',
    given: ranged(['51.0.3.0/25'], [v1]),
    expect: 'unknown',
    says: /this region and its pair/,
  },
  {
    name: 'authorized ranges, and no service tag list',
    given: ranged(['51.0.3.0/24'], [v1], {}, { serviceTags: noServiceTags }),
    expect: 'unknown',
  },
  {
    name: 'authorized ranges, and the bindings were not read',
    given: ranged(['203.0.113.0/24'], [compute()], { trustedAccess: unread('role bindings') }),
    expect: 'unknown',
  },
  {
    name: 'an authorized range that is none',
    given: ranged(['203.0.113.0/24', 'office'], [v1]),
    expect: 'unknown',
    says: /office/,
  },
  {
    name: 'computes could not all be read',
    given: cluster({ computes: { ...unread('computes of workspace b'), found: [compute()] } }),
    expect: 'unknown',
  },
  {
    name: 'no compute attaches the cluster',
    given: attached([], withoutAccounts),
    expect: 'notApplicable',
  },
];
export default cases;
