import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import type { PrivateEndpoint } from '../../../shared/facts/linked-resources.ts';
import type { Route } from '../../../shared/network/route-table.ts';
import { noServiceTags } from '../../../shared/network/service-tags.ts';
import type { Peering } from '../../../shared/network/virtual-network.ts';
import {
  type CheckCase,
  cluster,
  defaultRoute,
  networkResource,
  nsg,
  privateEndpoint,
  registry,
  routes,
  rule,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
  workspace,
} from '../build.ts';

const allow = (to: string, port = '443', priority = 100) =>
  rule(`allow-${to}`, priority, 'Outbound', 'Allow', { to, port });
const denyInternet = rule('deny-internet', 400, 'Outbound', 'Deny', { to: 'Internet' });
const denyAll = rule('deny-all', 4096, 'Outbound', 'Deny');
const out = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const restricted = { outbound: 'restricted' as const };
const withEndpoint = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet(
    { securityGroup: known(nsg('n', ...rules)) },
    {
      workspaces: known([
        workspace({ registry: known(registry({ privateEndpoints: known([privateEndpoint()]) })) }),
      ]),
    },
  );
const peering = (state: Peering['state']): Peering => ({
  name: 'hub',
  state,
  remoteNetworkId: resourceId(
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub',
  ),
  remotePrefixes: ['10.9.0.0/16'],
  useRemoteGateways: false,
});
const elsewhere: Peering = {
  ...peering('Connected'),
  name: 'elsewhere',
  remoteNetworkId: resourceId(
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/elsewhere',
  ),
  remotePrefixes: ['10.8.0.0/16'],
};
const peered = (
  state: Peering['state'],
  peerings: readonly Peering[] = [peering(state)],
  ...rules: Parameters<typeof nsg>[1][]
) =>
  withSubnet(
    {
      securityGroup: known(nsg('n', ...rules, denyInternet)),
      virtualNetwork: known(virtualNetwork({ peerings })),
    },
    {
      workspaces: known([
        workspace({
          registry: known(
            registry({
              privateEndpoints: known([
                privateEndpoint({
                  subnetId: resourceId(`${peering(state).remoteNetworkId}/subnets/pe`),
                  addresses: known(['10.9.0.4']),
                }),
              ]),
            }),
          ),
        }),
      ]),
    },
  );
const north = workspace({ registry: known(registry({ location: 'northeurope' })) });

const behind = (
  endpoints: readonly PrivateEndpoint[],
  changes: Parameters<typeof withSubnet>[0] = { securityGroup: known(nsg('n', denyInternet)) },
) =>
  withSubnet(changes, {
    workspaces: known([
      workspace({ registry: known(registry({ privateEndpoints: known(endpoints) })) }),
    ]),
  });
const unresolved = privateEndpoint({
  id: networkResource('privateEndpoints', 'acr-pe-2'),
  addresses: unread('its address'),
});
const inHub = privateEndpoint({
  subnetId: resourceId(`${peering('Connected').remoteNetworkId}/subnets/pe`),
  addresses: known(['10.9.0.4']),
});
const acrRoute = (addressPrefix: string, nextHopType: Route['nextHopType']): Route => ({
  name: 'acr',
  addressPrefix,
  nextHopType,
});

const cases: readonly CheckCase[] = [
  { name: 'nothing restricts outbound', given: cluster(), expect: 'notApplicable' },
  { name: 'only the default rules', given: out(), expect: 'notApplicable' },
  {
    name: 'the settings say restricted, and no rule denies',
    given: cluster(),
    settings: restricted,
    expect: 'pass',
  },
  {
    name: 'the registry of the region is allowed before everything is denied',
    given: out(allow('AzureContainerRegistry.WestEurope'), denyAll),
    expect: 'pass',
    rule: 'allow-AzureContainerRegistry.WestEurope',
    says: /Storage\.westeurope/,
  },
  {
    name: 'every registry is allowed',
    given: out(allow('AzureContainerRegistry'), denyAll),
    expect: 'pass',
  },
  {
    name: 'the cloud of the region is allowed',
    given: out(allow('AzureCloud.westeurope'), denyAll),
    expect: 'pass',
  },
  {
    name: 'the Internet is denied',
    given: out(denyInternet),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-internet',
    says: /AzureContainerRegistry\.westeurope TCP 443/,
  },
  {
    name: 'the allow stands behind the deny',
    given: out(denyInternet, allow('AzureContainerRegistry', '443', 500)),
    expect: 'fail',
    rule: 'deny-internet',
  },
  {
    name: 'port 80 only',
    given: out(allow('AzureContainerRegistry', '80'), denyInternet),
    expect: 'fail',
  },
  {
    name: 'another region only',
    given: out(allow('AzureContainerRegistry.NorthEurope'), denyInternet),
    expect: 'fail',
  },
  {
    name: 'the registry’s own region counts, not the cluster’s',
    given: {
      ...out(allow('AzureContainerRegistry.NorthEurope'), denyInternet),
      workspaces: known([north]),
    },
    expect: 'pass',
  },
  {
    name: 'the registry is in a region that is not allowed',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyInternet),
      workspaces: known([north]),
    },
    expect: 'fail',
    says: /northeurope/,
  },
  {
    name: 'one of two workspaces pulls from a region that is not allowed',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyInternet),
      workspaces: known([workspace(), north]),
    },
    expect: 'fail',
    says: /northeurope/,
  },
  {
    name: 'no workspace: the cluster’s region counts',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyInternet),
      workspaces: known([]),
    },
    expect: 'pass',
  },
  {
    name: 'a workspace without a registry: its region counts',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyInternet),
      workspaces: known([workspace({ registry: known(null) })]),
    },
    expect: 'pass',
  },
  {
    name: 'the nodes’ own group denies',
    given: withSubnet({ nodeSecurityGroups: known([nsg('node-nsg', denyInternet)]) }),
    expect: 'fail',
    says: /node-nsg/,
  },
  {
    name: 'a private endpoint of the registry in the network',
    given: withEndpoint(denyInternet),
    expect: 'pass',
    says: /private endpoint acr-pe/,
  },
  {
    name: 'a private endpoint that the rules do not let the nodes reach',
    given: withEndpoint(denyAll),
    expect: 'fail',
  },
  {
    name: 'a private endpoint whose address is not known',
    given: withSubnet(
      { securityGroup: known(nsg('n', denyInternet)) },
      {
        workspaces: known([
          workspace({
            registry: known(
              registry({
                privateEndpoints: known([privateEndpoint({ addresses: unread('its address') })]),
              }),
            ),
          }),
        ]),
      },
    ),
    expect: 'unknown',
    says: /its address/,
  },
  {
    name: 'whether the registry has private endpoints is not known',
    given: withSubnet(
      { securityGroup: known(nsg('n', denyInternet)) },
      {
        workspaces: known([
          workspace({
            registry: known(registry({ privateEndpoints: unread('private endpoints') })),
          }),
        ]),
      },
    ),
    expect: 'unknown',
    says: /private endpoints/,
  },
  { name: 'a private endpoint in a connected peer', given: peered('Connected'), expect: 'pass' },
  {
    name: 'a private endpoint in a peer that is not connected',
    given: peered('Disconnected'),
    expect: 'fail',
  },
  {
    name: 'a private endpoint in a peer that is not connected, to whose address rules let packets through',
    given: peered('Disconnected', [peering('Disconnected')], allow('10.9.0.4')),
    expect: 'fail',
  },
  {
    name: 'a private endpoint in a network that is no peer, beside one that is',
    given: peered('Connected', [elsewhere], allow('10.9.0.4')),
    expect: 'fail',
  },
  {
    name: 'a private endpoint in one of two peers',
    given: peered('Connected', [elsewhere, peering('Connected')]),
    expect: 'pass',
  },
  {
    name: 'a private endpoint is not affected by a default route',
    given: withSubnet(
      { ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) },
      {
        workspaces: known([
          workspace({
            registry: known(registry({ privateEndpoints: known([privateEndpoint()]) })),
          }),
        ]),
      },
    ),
    expect: 'pass',
  },
  {
    name: 'a default route to an appliance nobody vouches for',
    given: withSubnet({ ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) }),
    expect: 'unknown',
    says: /rules of the appliance at 10\.0\.0\.4/,
  },
  {
    name: 'a default route to a trusted appliance',
    given: withSubnet({ ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) }),
    settings: { trustedAppliances: ['10.0.0.4'] },
    expect: 'pass',
    says: /trust/,
  },
  {
    name: 'a deny of the Internet tag, which a default route to an appliance may fold into VirtualNetwork',
    given: withSubnet({
      securityGroup: known(nsg('n', denyInternet)),
      ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')),
    }),
    settings: { trustedAppliances: ['10.0.0.4'] },
    expect: 'unknown',
    says: /VirtualNetwork and Internet/,
  },
  {
    name: 'a rule denies everything before a trusted appliance can help',
    given: withSubnet({
      securityGroup: known(nsg('n', denyAll)),
      ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')),
    }),
    settings: { trustedAppliances: ['10.0.0.4'] },
    expect: 'fail',
    rule: 'deny-all',
  },
  {
    name: 'a default route that drops everything',
    given: withSubnet({ ...routes(defaultRoute('None')) }),
    expect: 'fail',
    rule: 'default',
    says: /drops/,
  },
  {
    name: 'a default route to a gateway',
    given: withSubnet({ ...routes(defaultRoute('VirtualNetworkGateway')) }),
    expect: 'unknown',
    says: /virtual network gateway/,
  },
  {
    name: 'a route for the registry’s tag passes the appliance by',
    given: withSubnet({
      ...routes(defaultRoute('VirtualAppliance', '10.0.0.4'), {
        name: 'acr',
        addressPrefix: 'AzureContainerRegistry',
        nextHopType: 'Internet',
      }),
    }),
    expect: 'pass',
  },
  {
    name: 'a longer route drops some of the registry',
    given: withSubnet({
      ...routes({ name: 'hole', addressPrefix: '51.0.1.0/28', nextHopType: 'None' }),
    }),
    expect: 'fail',
    rule: 'hole',
  },
  {
    name: 'outbound type userDefinedRouting without a route out',
    given: cluster({ outboundType: 'userDefinedRouting' }),
    expect: 'unknown',
    says: /userDefinedRouting/,
  },
  {
    name: 'outbound type none, and a rule denies',
    given: { ...out(denyInternet), outboundType: 'none' },
    expect: 'fail',
  },
  {
    name: 'without the tag list, the names of tags are enough',
    given: { ...out(allow('AzureContainerRegistry'), denyAll), serviceTags: noServiceTags },
    expect: 'pass',
  },
  {
    name: 'without the tag list, another tag proves nothing',
    given: { ...out(allow('Storage'), denyAll), serviceTags: noServiceTags },
    expect: 'unknown',
    says: /service tag Storage/,
  },
  {
    name: 'the registry could not be read, and every region is allowed',
    given: {
      ...out(allow('AzureContainerRegistry'), denyAll),
      workspaces: known([workspace({ registry: unread('registry') })]),
    },
    expect: 'pass',
  },
  {
    name: 'the registry could not be read, AzureCloud is allowed, and there is no tag list',
    given: {
      ...out(allow('AzureCloud'), denyAll),
      serviceTags: noServiceTags,
      workspaces: known([workspace({ registry: unread('registry fraudacr') })]),
    },
    expect: 'unknown',
    says: /registry fraudacr/,
  },
  {
    name: 'the registry could not be read, and one region is allowed',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyAll),
      workspaces: known([workspace({ registry: unread('registry fraudacr') })]),
    },
    expect: 'unknown',
    says: /registry fraudacr/,
  },
  {
    name: 'the registry could not be read, and every region is denied: it may have a private endpoint',
    given: {
      ...out(denyInternet),
      workspaces: known([workspace({ registry: unread('registry fraudacr') })]),
    },
    expect: 'unknown',
    says: /registry fraudacr/,
  },
  {
    name: 'the workspaces could not be read, and one region is allowed',
    given: {
      ...out(allow('AzureContainerRegistry.WestEurope'), denyAll),
      workspaces: unread('computes'),
    },
    expect: 'unknown',
    says: /computes/,
  },
  {
    name: 'the network security group could not be read',
    given: withSubnet({ securityGroup: unread('network security group x') }),
    expect: 'unknown',
    says: /network security group x/,
  },
  {
    name: 'the route table could not be read',
    given: withSubnet({ routeTable: unread('route table y') }),
    settings: restricted,
    expect: 'unknown',
    says: /route table y/,
  },
  {
    name: 'one of two node subnets cannot reach it',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({
          name: 'gpu',
          prefixes: known(['10.1.2.0/24']),
          securityGroup: known(nsg('gpu-nsg', denyInternet)),
        }),
      ]),
    }),
    expect: 'fail',
    says: /gpu-nsg/,
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets') }),
    expect: 'unknown',
    says: /subnets/,
  },
  {
    name: 'two half default routes to an appliance restrict outbound as one does',
    given: withSubnet({
      ...routes(
        {
          ...defaultRoute('VirtualAppliance', '10.0.0.4'),
          name: 'low',
          addressPrefix: '0.0.0.0/1',
        },
        {
          ...defaultRoute('VirtualAppliance', '10.0.0.4'),
          name: 'high',
          addressPrefix: '128.0.0.0/1',
        },
      ),
    }),
    expect: 'unknown',
    says: /rules of the appliance/,
  },
  {
    name: 'a route for the private endpoint’s own address drops its packets',
    given: withSubnet(
      {
        securityGroup: known(nsg('n', denyInternet)),
        ...routes({ name: 'hole', addressPrefix: '10.1.9.4/32', nextHopType: 'None' }),
      },
      {
        workspaces: known([
          workspace({
            registry: known(registry({ privateEndpoints: known([privateEndpoint()]) })),
          }),
        ]),
      },
    ),
    expect: 'fail',
  },
  {
    name: 'a near private endpoint, beside one that could not be read',
    given: withSubnet(
      { securityGroup: known(nsg('n', denyInternet)) },
      {
        workspaces: known([
          workspace({
            registry: known(
              registry({
                privateEndpoints: { ...unread('another endpoint'), found: [privateEndpoint()] },
              }),
            ),
          }),
        ]),
      },
    ),
    expect: 'pass',
  },
  {
    name: 'a gateway that may advertise a default route',
    given: withSubnet({ virtualNetwork: known(virtualNetwork({ hasGateway: true })) }),
    settings: restricted,
    expect: 'pass',
    says: /advertise no default route \(assumed, not proven\)/,
  },
  {
    name: 'the trusted appliance is written in another notation',
    given: withSubnet(
      {
        prefixes: known(['fd00:1::/64']),
        virtualNetwork: known(virtualNetwork({ addressPrefixes: ['fd00:1::/48'] })),
        ...routes({ ...defaultRoute('VirtualAppliance', 'FD00:0::4'), addressPrefix: '::/0' }),
      },
      { serviceTags: noServiceTags },
    ),
    settings: { trustedAppliances: ['fd00::4'] },
    expect: 'pass',
  },
  {
    name: 'of two private endpoints only the second is known to be reachable',
    given: behind([unresolved, privateEndpoint()]),
    expect: 'pass',
    says: /private endpoint acr-pe of/,
  },
  {
    name: 'of two private endpoints one is denied, and the address of the other is not known',
    given: behind([privateEndpoint(), unresolved], {
      securityGroup: known(nsg('n', denyAll)),
    }),
    expect: 'unknown',
    says: /its address/,
  },
  {
    name: 'an appliance nobody vouches for, and a private endpoint whose address is not known',
    given: behind([unresolved], { ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) }),
    expect: 'unknown',
    says: /rules of the appliance at 10\.0\.0\.4/,
  },
  {
    name: 'a private endpoint whose network interface names no address',
    given: behind([privateEndpoint({ addresses: known([]) })]),
    expect: 'unknown',
    says: /the addresses of private endpoint acr-pe/,
  },
  {
    name: 'a private endpoint of unknown address in the subnet of the nodes, all of which is allowed',
    given: behind([privateEndpoint({ subnetId: subnet().id, addresses: unread('its address') })]),
    expect: 'pass',
    says: /private endpoint acr-pe/,
  },
  {
    name: 'a private endpoint of unknown address in the subnet of the nodes, whose range is not known',
    given: cluster({
      subnets: known([
        subnet({ name: 'gpu', securityGroup: known(nsg('n', denyInternet)) }),
        subnet({ usedBy: [], prefixes: unread('the range of the subnet') }),
      ]),
      workspaces: behind([
        privateEndpoint({ subnetId: subnet().id, addresses: unread('its address') }),
      ]).workspaces,
    }),
    expect: 'unknown',
    says: /its address/,
  },
  {
    name: 'a private endpoint behind a route table that was not read',
    given: behind([privateEndpoint()], {
      securityGroup: known(nsg('n', denyInternet)),
      routeTable: unread('route table y'),
    }),
    expect: 'unknown',
    says: /route table y/,
  },
  {
    name: 'a route for a tag does not lead away what goes to a private endpoint',
    given: behind([privateEndpoint()], {
      securityGroup: known(nsg('n', denyInternet)),
      ...routes(acrRoute('AzureContainerRegistry', 'None')),
    }),
    expect: 'pass',
    says: /private endpoint acr-pe/,
  },
  {
    name: 'a route that keeps the private endpoint’s own address inside the network',
    given: behind([privateEndpoint()], {
      securityGroup: known(nsg('n', denyInternet)),
      ...routes(acrRoute('10.1.9.4/32', 'VnetLocal')),
    }),
    expect: 'pass',
    says: /private endpoint acr-pe/,
  },
  {
    name: 'a private endpoint in another network, and the peers of the own one were not read',
    given: behind([inHub], {
      securityGroup: known(nsg('n', allow('10.9.0.4'), denyAll)),
      virtualNetwork: unread('virtual network spoke'),
    }),
    expect: 'unknown',
    says: /virtual network spoke/,
  },
  {
    name: 'a private endpoint in another network, which the rules deny wherever it is',
    given: behind([inHub], {
      securityGroup: known(nsg('n', denyAll)),
      virtualNetwork: unread('virtual network spoke'),
    }),
    expect: 'fail',
    rule: 'deny-all',
  },
  {
    name: 'the address range of the subnet could not be read',
    given: withSubnet({ prefixes: unread('the range of the subnet') }),
    settings: restricted,
    expect: 'unknown',
    says: /the range of the subnet/,
  },
  {
    name: 'the subnet names no address range',
    given: withSubnet({ prefixes: known([]) }),
    settings: restricted,
    expect: 'unknown',
    says: /the address range of subnet nodes/,
  },
  {
    name: 'a subnet of both address families, of which the registry has one',
    given: withSubnet({
      prefixes: known(['10.1.0.0/24', 'fd00:1::/64']),
      virtualNetwork: known(virtualNetwork({ addressPrefixes: ['10.1.0.0/16', 'fd00:1::/48'] })),
      securityGroup: known(nsg('n', allow('AzureContainerRegistry'), denyInternet)),
    }),
    expect: 'pass',
  },
  {
    name: 'half of the registry is denied',
    given: out(rule('half', 100, 'Outbound', 'Deny', { to: '51.0.1.0/25' })),
    expect: 'fail',
    rule: 'half',
    says: /cannot reach some of .*: rule half of subnet-nsg denies it\. Allow it before that rule/,
  },
  {
    name: 'a route of a tag that no list resolves may drop what goes to the registry',
    given: withSubnet({ ...routes(acrRoute('Storage', 'None')) }, { serviceTags: noServiceTags }),
    settings: restricted,
    expect: 'unknown',
    says: /whether route acr leads Storage to nowhere/,
  },
  {
    name: 'a default route to another appliance than the trusted one',
    given: withSubnet({ ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) }),
    settings: { trustedAppliances: ['10.0.0.5'] },
    expect: 'unknown',
    says: /rules of the appliance at 10\.0\.0\.4/,
  },
  {
    name: 'no node pool names a subnet',
    given: cluster({ subnets: known([]) }),
    settings: restricted,
    expect: 'unknown',
    says: /the subnets of the nodes/,
  },
  {
    name: 'the registry is reached directly, whatever private endpoint it has',
    given: withEndpoint(),
    settings: restricted,
    expect: 'pass',
    says: /admits 10\.1\.0\.0\/24 to AzureContainerRegistry\.westeurope TCP 443/,
  },
  {
    name: 'the registry could not be read, and a route drops everything: it may have a private endpoint',
    given: withSubnet(routes(defaultRoute('None')), {
      workspaces: known([workspace({ registry: unread('container registry') })]),
    }),
    expect: 'unknown',
    says: /"what":"container registry"/,
  },
  {
    name: 'neither the registry nor the group of the subnet could be read',
    given: withSubnet(
      { securityGroup: unread('group') },
      { workspaces: known([workspace({ registry: unread('container registry') })]) },
    ),
    settings: restricted,
    expect: 'unknown',
    says: /"what":"container registry".*"what":"group"/,
  },
];

export default cases;
