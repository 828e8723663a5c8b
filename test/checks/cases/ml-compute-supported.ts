import { known } from '../../../shared/model/verdict.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { type CheckCase, cluster, compute, unread } from '../build.ts';

const v1 = compute({ type: 'AKS' });

const cases: readonly CheckCase[] = [
  {
    name: 'attached as a compute of type Kubernetes',
    given: cluster(),
    expect: 'pass',
    says: /attached by inference, of type Kubernetes/,
  },
  {
    name: 'attached through the v1 type',
    given: cluster({ computes: known([v1]) }),
    expect: 'fail',
    severity: 'medium',
    says: /The compute fraud-ws\/inference attaches the cluster through the v1 type AKS, which is out of support/,
  },
  {
    name: 'on the move: attached through both types',
    given: cluster({ computes: known([compute(), v1]) }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a v1 compute was found, and others could not be read',
    given: cluster({ computes: { ...unread('computes of workspace b'), found: [v1] } }),
    expect: 'fail',
    severity: 'medium',
    says: /computes of workspace b/,
  },
  {
    name: 'a v2 compute was found, and others could not be read',
    given: cluster({ computes: { ...unread('computes of workspace b'), found: [compute()] } }),
    expect: 'unknown',
  },
  {
    name: 'no compute attaches the cluster',
    given: cluster({ computes: known([]) }),
    expect: 'notApplicable',
  },
  {
    name: 'attached through the v1 type twice',
    given: cluster({
      computes: known([
        v1,
        compute({ type: 'AKS', id: resourceId(`${v1.workspaceId}/computes/old`) }),
      ]),
    }),
    expect: 'fail',
    severity: 'medium',
    says: /The computes fraud-ws\/inference and fraud-ws\/old attach the cluster/,
  },
];
export default cases;
