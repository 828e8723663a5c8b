import type { InferenceCluster } from '../../../shared/facts/inference-cluster.ts';
import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, cluster, compute, controlPlane, unread } from '../build.ts';

const named = (changes: Partial<InferenceCluster> = {}) =>
  cluster({ apiServer: 'privateLink', ...changes });
const nameless = controlPlane({ publicFqdn: known(null) });

const cases: readonly CheckCase[] = [
  {
    name: 'the public name was switched off',
    given: named({ controlPlane: nameless }),
    expect: 'pass',
  },
  {
    name: 'AKS gave it a public name, as it does unless asked not to; attached by v2',
    given: named(),
    expect: 'fail',
    severity: 'low',
    says: /fraud-1a2b3c4d\.hcp/,
  },
  {
    name: 'a public name, and a v1 compute attaches the cluster',
    given: named({ computes: known([compute({ type: 'AKS' })]) }),
    expect: 'fail',
    severity: 'high',
    says: /v1 compute/,
  },
  {
    name: 'one workspace still attaches it by v1 beside another by v2',
    given: named({ computes: known([compute(), compute({ type: 'AKS' })]) }),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a public name, and the computes were not all read',
    given: named({ computes: unread('computes of workspace fraud-ws') }),
    expect: 'fail',
    severity: 'low',
    says: /computes of workspace/,
  },
  {
    name: 'a v1 compute was found before the reading of computes broke off',
    given: named({
      computes: { ...unread('computes of workspace b'), found: [compute({ type: 'AKS' })] },
    }),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'VNet integration with a public name',
    given: named({ apiServer: 'vnetIntegration' }),
    expect: 'fail',
    severity: 'low',
  },
  {
    name: 'the row of the cluster says neither of its names',
    given: named({ controlPlane: controlPlane({ publicFqdn: unread('public name') }) }),
    expect: 'unknown',
  },
  { name: 'a public cluster', given: cluster(), expect: 'notApplicable' },
  {
    name: 'a public cluster with authorized IP ranges',
    given: cluster({ apiServer: 'authorizedRanges' }),
    expect: 'notApplicable',
  },
];
export default cases;
