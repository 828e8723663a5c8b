/** Members of the wrong shape are never read as "there is none". */
import { describe, expect, it } from 'vitest';
import type { ClusterSubnet } from '../../shared/facts/inference-cluster.ts';
import type { Row } from '../../shared/ports.ts';
import {
  balancer,
  estateWith,
  factsOf,
  ids,
  missingIn,
  network,
  row,
  scaleSet,
  securityGroup,
  subscription,
  valueOf,
} from './build.ts';

function nodes(...rows: readonly Row[]): ClusterSubnet {
  const [subnet] = valueOf(factsOf(estateWith(...rows)).subnets);
  if (subnet === undefined) throw new RangeError('No subnet');
  return subnet;
}

function routeTable(properties: Readonly<Record<string, unknown>>) {
  return row('microsoft.network/routetables', ids.routes, { properties });
}

const routed = network({}, { routeTable: { id: ids.routes } });

describe('a reference', () => {
  it.each([[{}], [{ Name: 'x' }], [{ id: '' }], [{ id: 7 }], ['x'], [['x']]])(
    'written as %j is no proof that there is none',
    (reference) => {
      expect(
        missingIn(nodes(network({}, { networkSecurityGroup: reference })).securityGroup)[0],
      ).toContain('networkSecurityGroup');
      expect(nodes(network({}, { routeTable: reference })).routeTable.known).toBe(false);
      const plain = typeof reference === 'object' && !Array.isArray(reference);
      const interfaces = scaleSet(plain ? { ...reference } : {});
      expect(nodes(interfaces).nodeSecurityGroups.known).toBe(false);
    },
  );

  it.each(['id', 'ID', 'Id'])('is followed by its %s', (key) => {
    const subnet = nodes(network({}, { networkSecurityGroup: { [key]: ids.nsg } }));
    expect(valueOf(subnet.securityGroup)?.name).toBe('nodes-nsg');
  });

  it.each([null, undefined, ''])('that is %j names nothing', (reference) => {
    const subnet = nodes(network({}, { networkSecurityGroup: reference }));
    expect(valueOf(subnet.securityGroup)).toBeNull();
  });
});

describe('a list that is absent is not empty:', () => {
  it.each([{}, { securityRules: null }, { defaultSecurityRules: [] }])(
    'a security group of %j is not understood',
    (properties) => {
      const group = row('microsoft.network/networksecuritygroups', ids.nsg, { properties });
      expect(missingIn(nodes(group).securityGroup)[0]).toContain('securityRules');
    },
  );

  it('an empty security group is', () => {
    expect(valueOf(nodes(securityGroup(ids.nsg, [])).securityGroup)?.rules).toHaveLength(6);
  });

  it('the routes of a route table', () => {
    expect(missingIn(nodes(routed, routeTable({})).routeTable)[0]).toContain('properties.routes');
    expect(valueOf(nodes(routed, routeTable({ routes: [] })).routeTable)?.routes).toEqual([]);
  });

  it('the rules of a load balancer', () => {
    const { properties } = balancer().body;
    const without = { ...Object(properties), loadBalancingRules: undefined };
    const facts = factsOf(
      estateWith(row('microsoft.network/loadbalancers', ids.balancer, { properties: without })),
    );
    const [endpoint] = valueOf(facts.scoringEndpoints);
    expect(endpoint && missingIn(endpoint.frontend).join()).toContain('loadBalancingRules');
  });

  it.each(['subnets', 'addressSpace'])('the %s of a virtual network', (member) => {
    expect(nodes(network({ [member]: undefined })).virtualNetwork.known).toBe(false);
  });

  it('the permissions of a role, which leave its built-in definition in place', () => {
    const guid = '4d97b98b-1d4f-4787-a291-c67834d212e7';
    const role = row(
      'microsoft.authorization/roledefinitions',
      `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
      { properties: { roleName: 'Network Contributor' } },
    );
    expect(factsOf(estateWith(role)).access.definitions.has(guid)).toBe(false);
  });

  it.each(['principals', 'permissions'])('the %s of a deny assignment', (member) => {
    const scope = `/subscriptions/${subscription}`;
    const deny = row(
      'microsoft.authorization/denyassignments',
      `${scope}/providers/Microsoft.Authorization/denyAssignments/d`,
      { properties: { scope, principals: [], permissions: [], [member]: undefined } },
    );
    const { access, id } = factsOf(estateWith(deny));
    expect(access.denyCoverage?.(id).known).toBe(false);
  });

  it('the actions of a block: what it takes is not known, nor what it gives', () => {
    const scope = `/subscriptions/${subscription}`;
    const provider = `${scope}/providers/Microsoft.Authorization`;
    const permissions = [{ Actions: ['*'], NotActions: [] }];
    const { access, id } = factsOf(
      estateWith(
        row('microsoft.authorization/denyassignments', `${provider}/denyAssignments/d`, {
          properties: { scope, principals: [], permissions },
        }),
        row('microsoft.authorization/roledefinitions', `${provider}/roleDefinitions/r`, {
          properties: { roleName: 'r', permissions },
        }),
      ),
    );
    expect(access.denyCoverage?.(id).known).toBe(false);
    expect(access.definitions.has('r')).toBe(false);
  });
});

describe('a route', () => {
  it.each(['nonsense/99', '10.0.0.0/33', '*', '10.0.0.0/8,10.1.0.0/16'])(
    'to %s is not understood, and the route is named',
    (addressPrefix) => {
      const routes = [{ name: 'odd', properties: { addressPrefix, nextHopType: 'None' } }];
      const [missing] = missingIn(nodes(routed, routeTable({ routes })).routeTable);
      expect(missing).toContain(`"${addressPrefix}" of the route "odd"`);
    },
  );

  it.each(['10.0.0.0/8', '::/0', 'AzureCloud.WestEurope'])('to %s is', (addressPrefix) => {
    const routes = [{ name: 'r', properties: { addressPrefix, nextHopType: 'None' } }];
    expect(nodes(routed, routeTable({ routes })).routeTable.known).toBe(true);
  });

  it.each(['10.0.0.0/8', '1.2.3.4', 'AzureCloud'])('to %s is that with blanks around it', (to) => {
    const routes = [{ name: 'r', properties: { addressPrefix: ` ${to}\t`, nextHopType: 'None' } }];
    const table = valueOf(nodes(routed, routeTable({ routes })).routeTable);
    expect(table?.routes).toEqual([{ name: 'r', addressPrefix: to, nextHopType: 'None' }]);
  });
});

it.each([true, false, undefined])('disableBgpRoutePropagation %j is read', (written) => {
  const table = routeTable({ routes: [], disableBgpRoutePropagation: written });
  expect(valueOf(nodes(routed, table).routeTable)?.ignoresGatewayRoutes).toBe(written);
});

it.each([
  [{ name: 'Standard' }, 'standard'],
  [{ name: 'Basic' }, 'basic'],
  [undefined, undefined],
])('the load balancer %j is of the kind %j', (sku, expected) => {
  const whole = row('microsoft.network/loadbalancers', ids.balancer, { ...balancer().body, sku });
  const [endpoint] = valueOf(factsOf(estateWith(whole)).scoringEndpoints);
  expect(endpoint && valueOf(endpoint.frontend).sku).toBe(expected);
});
