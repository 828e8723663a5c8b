import { type CheckCase, cluster, controlPlane } from '../build.ts';

const required = { requirePrivateCluster: true };

const cases: readonly CheckCase[] = [
  {
    name: 'an API server behind a private endpoint',
    given: cluster({ apiServer: 'privateLink' }),
    settings: required,
    expect: 'pass',
    says: /reached through a private endpoint/,
  },
  {
    name: 'a private cluster with API server VNet integration',
    given: cluster({ apiServer: 'vnetIntegration' }),
    settings: required,
    expect: 'pass',
  },
  {
    name: 'a public API server, and nobody asked for a private one',
    given: cluster(),
    expect: 'fail',
    severity: 'info',
    says: /answers from anywhere; no setting requires/,
  },
  {
    name: 'a public API server although the settings require a private one',
    given: cluster(),
    settings: required,
    expect: 'fail',
    severity: 'medium',
    says: /settings require/,
  },
  {
    name: 'authorized IP ranges narrow a public API server and do not make it private',
    given: cluster({
      apiServer: 'authorizedRanges',
      controlPlane: controlPlane({ authorizedRanges: ['203.0.113.0/24'] }),
    }),
    settings: required,
    expect: 'fail',
    severity: 'medium',
    says: /1 authorized IP range,/,
  },
  {
    name: 'several authorized IP ranges are counted',
    given: cluster({
      apiServer: 'authorizedRanges',
      controlPlane: controlPlane({ authorizedRanges: ['203.0.113.0/24', '198.51.100.0/24'] }),
    }),
    expect: 'fail',
    severity: 'info',
    says: /2 authorized IP ranges; no setting/,
  },
];
export default cases;
