import type { ScoringEndpoint } from '../../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, cluster, endpoint, subnet, unread } from '../build.ts';

const required = { requireInternalLoadBalancer: true };
const internal = (changes: Partial<ScoringEndpoint> = {}) =>
  endpoint({
    address: '10.1.0.240',
    visibility: 'private',
    at: resourceId('/subscriptions/s/…/onlineEndpoints/fraud'),
    source: 'scoringUri of the online endpoint fraud',
    ...changes,
  });
const scoring = (...endpoints: readonly ScoringEndpoint[]) =>
  cluster({ scoringEndpoints: known(endpoints) });

const cases: readonly CheckCase[] = [
  {
    name: 'an internal frontend, which carries no tag and is known by an online endpoint',
    given: scoring(internal()),
    settings: required,
    expect: 'pass',
    says: /scoringUri of the online endpoint/,
  },
  {
    name: 'a public endpoint, and nobody asked for an internal one',
    given: scoring(endpoint()),
    expect: 'fail',
    severity: 'info',
  },
  {
    name: 'a public endpoint although the settings require an internal one',
    given: scoring(endpoint()),
    settings: required,
    expect: 'fail',
    severity: 'medium',
    says: /20\.50\.1\.4 is public/,
  },
  {
    name: 'one endpoint of two is public',
    given: scoring(internal(), endpoint()),
    settings: required,
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a public endpoint beside others that could not be read',
    given: cluster({ scoringEndpoints: { ...unread('online endpoints'), found: [endpoint()] } }),
    settings: required,
    expect: 'fail',
    severity: 'medium',
    says: /online endpoints/,
  },
  {
    name: 'an internal endpoint beside others that could not be read',
    given: cluster({ scoringEndpoints: { ...unread('online endpoints'), found: [internal()] } }),
    expect: 'unknown',
    says: /online endpoints/,
  },
  {
    name: 'a public address whose load balancer was not read; the networks were, and none holds it',
    given: scoring(endpoint({ frontend: unread('load balancer frontend') })),
    settings: required,
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'an address of public space that may be the own of a network nobody read',
    given: cluster({
      scoringEndpoints: known([endpoint({ frontend: unread('load balancer frontend') })]),
      subnets: known([subnet({ virtualNetwork: unread('virtual network spoke') })]),
    }),
    settings: required,
    expect: 'unknown',
    says: /virtual network spoke/,
  },
  {
    name: 'the same, and not even the subnets are known',
    given: cluster({
      scoringEndpoints: known([endpoint({ frontend: unread('load balancer frontend') })]),
      subnets: unread('subnets'),
    }),
    settings: required,
    expect: 'unknown',
  },
  {
    name: 'no scoring endpoint',
    given: scoring(),
    settings: required,
    expect: 'notApplicable',
  },
];
export default cases;
