import { describe, expect, it } from 'vitest';
import { fail, pass, unknownPart } from '../../shared/checks/judgement.ts';
import {
  type Restriction,
  familiesOf,
  restrictionOf,
  routesToInternet,
  withRestriction,
} from '../../shared/checks/outbound-restriction.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { foundIn, known } from '../../shared/model/verdict.ts';
import type { Route } from '../../shared/network/route-table.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import type { ClusterSettings } from '../../shared/settings/cluster-settings.ts';
import {
  cluster,
  defaultRoute,
  networkResource,
  nsg,
  routes,
  rule,
  settings,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
} from './build.ts';

const none: Restriction = { kind: 'none' };
const at = networkResource('routeTables', 'egress');
const table = networkResource('networkSecurityGroups', 'n');
const deny = (text: Parameters<typeof rule>[4]) => ({
  securityGroup: known(nsg('n', rule('deny', 200, 'Outbound', 'Deny', text))),
});
const allOfIt: Route = { ...defaultRoute('Internet'), addressPrefix: '0.0.0.0/1' };
const toStorage: Route = { name: 'storage', addressPrefix: 'Storage', nextHopType: 'None' };

function restriction(given: InferenceCluster, changes: Partial<ClusterSettings> = {}): Restriction {
  return restrictionOf({
    cluster: given,
    settings: { ...settings, ...changes },
    all: foundIn(given.subnets),
  });
}

describe('the way to the Internet', () => {
  it.each<[string, InferenceCluster]>([
    ['without rules or routes', cluster()],
    ['where a group of the network is denied', withSubnet(deny({ group: 'db' }))],
    ['where the network alone is denied', withSubnet(deny({ to: 'VirtualNetwork' }))],
    ['by a route to the Internet', withSubnet(routes(defaultRoute('Internet')))],
    ['where the subnet has a table without routes', withSubnet(routes())],
    [
      'where a route keeps the own network in',
      withSubnet(routes({ ...defaultRoute('VnetLocal'), addressPrefix: '10.1.0.0/16' })),
    ],
  ])('is whole %s', (_, given) => {
    expect(restriction(given)).toEqual(none);
  });

  it('is restricted where the settings say so, whatever was read', () => {
    const given = cluster({ subnets: unread('subnets') });
    expect(restriction(given, { outbound: 'restricted' })).toEqual({
      kind: 'certain',
      evidence: [],
    });
  });

  it('is restricted by the outbound type', () => {
    const given = cluster({ outboundType: 'userDefinedRouting' });
    expect(restriction(given)).toEqual({
      kind: 'certain',
      evidence: [{ at: given.id, says: "the cluster's outbound type is userDefinedRouting" }],
    });
  });

  it('is restricted by a rule, whatever else was not read', () => {
    const given = withSubnet({
      ...deny({ to: 'Internet' }),
      nodeSecurityGroups: unread('interfaces'),
    });
    expect(restriction(given)).toEqual({
      kind: 'certain',
      evidence: [
        { at: table, rule: 'deny', says: 'rule deny of n takes some of the Internet away' },
      ],
    });
  });

  it('is restricted by a route, and not by those beside it that lead there', () => {
    const appliance = { ...defaultRoute('VirtualAppliance', '10.0.0.4'), name: 'hub' };
    const web: Route = { ...defaultRoute('Internet'), name: 'web', addressPrefix: '51.0.0.0/16' };
    expect(restriction(withSubnet(routes(web, appliance)))).toEqual({
      kind: 'certain',
      evidence: [
        { at, rule: 'hub', says: 'route hub leads 0.0.0.0/0 to the appliance at 10.0.0.4' },
      ],
    });
  });

  it('is restricted by a route for a tag, listed or not', () => {
    const given = { ...withSubnet(routes(toStorage)), serviceTags: noServiceTags };
    const says = 'route storage leads Storage to nowhere (next hop None)';
    expect(restriction(given)).toEqual({
      kind: 'certain',
      evidence: [{ at, rule: 'storage', says }],
    });
  });

  it.each<[string, InferenceCluster, readonly string[]]>([
    ['the subnets', cluster({ subnets: unread('subnets') }), ['subnets']],
    ['a range', withSubnet({ prefixes: unread('range') }), ['range']],
    ['routes', withSubnet({ routeTable: unread('routes') }), ['routes']],
    [
      'the list that a route’s tag is on',
      { ...withSubnet(routes(toStorage, allOfIt)), serviceTags: noServiceTags },
      ['whether route storage leads Storage to nowhere (next hop None)'],
    ],
    ['rules', withSubnet({ securityGroup: unread('rules') }), ['rules']],
    [
      'what Azure makes of an address',
      withSubnet({
        securityGroup: known(
          nsg('n', {
            ...rule('deny', 200, 'Outbound', 'Deny'),
            destinations: [{ kind: 'unclear', text: '51.0.0' }],
          }),
        ),
      }),
      ['the addresses of "51.0.0"'],
    ],
  ])('is perhaps restricted without %s', (_, given, what) => {
    const found = restriction(given);
    expect(found).toMatchObject({ kind: 'perhaps', evidence: [] });
    expect(found.kind === 'perhaps' ? found.missing.map((one) => one.what) : []).toEqual(what);
  });
});

describe('a verdict on what is restricted', () => {
  const evidence = [{ at, says: 'a route' }];
  const missing = [{ what: 'routes', scope: at, why: 'not read' }];
  const certain: Restriction = { kind: 'certain', evidence };
  const perhaps: Restriction = { kind: 'perhaps', evidence, missing };
  const open = unknownPart([{ what: 'rules', scope: at, why: 'not read' }]);

  it('stands alone where nothing is', () => {
    const verdict = pass('Good.');
    expect(withRestriction(verdict, none)).toBe(verdict);
  });

  it('says what restricts, or what leaves that open', () => {
    expect(withRestriction(pass('Good.'), certain).evidence).toEqual(evidence);
    expect(withRestriction(pass('Good.'), perhaps)).toEqual(pass('Good.', evidence));
    expect(withRestriction(fail('low', 'Bad.', evidence), certain).evidence).toEqual(evidence);
    expect(withRestriction(open, certain)).toEqual({ ...open, evidence });
    expect(withRestriction(open, perhaps)).toEqual({
      ...open,
      missing: [...open.missing, ...missing],
    });
  });
});

describe('routes to the Internet', () => {
  const inside = defaultRoute('VirtualAppliance', '10.0.0.4');

  it('are told from those inside by the network, where it is known', () => {
    const { serviceTags } = cluster();
    const own: Route = { ...inside, name: 'own', addressPrefix: '51.9.0.0/16' };
    const network = known(virtualNetwork({ addressPrefixes: ['51.9.0.0/16'] }));
    const names = (one: ReturnType<typeof subnet>, route = own) =>
      routesToInternet(one, [route], { serviceTags }).map((share) => [
        share.route?.name,
        share.certain,
      ]);
    expect(names(subnet({ virtualNetwork: network }))).not.toContainEqual(['own', true]);
    expect(names(subnet())).toContainEqual(['own', true]);
    const nobodyRead = subnet({ virtualNetwork: unread('network') });
    expect(names(nobodyRead)).toContainEqual(['own', false]);
    expect(names(nobodyRead, toStorage)).toContainEqual(['storage', false]);
  });
});

describe('a default route', () => {
  const appliance = routes(defaultRoute('VirtualAppliance', '10.0.0.4'));

  it.each([
    ['has a gateway', known(virtualNetwork({ hasGateway: true }))],
    ['was not read', unread('network')],
  ])('restricts whether or not the network %s', (_, network) => {
    expect(restriction(withSubnet({ ...appliance, virtualNetwork: network })).kind).toBe('certain');
  });
});

describe('the address families of a subnet', () => {
  it.each<[ReturnType<typeof subnet>['prefixes'], readonly number[]]>([
    [known(['10.1.0.0/24']), [4]],
    [known(['10.1.0.0/24', 'fd00:1::/64']), [4, 6]],
    [known(['no prefix', 'fd00:1::/64']), [6]],
    [known([]), []],
    [unread('subnet'), [4, 6]],
  ])('are those of its prefixes: %#', (prefixes, families) => {
    expect([...familiesOf(subnet({ prefixes }))]).toEqual(families);
  });
});
