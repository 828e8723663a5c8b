// A network of the app's own, or a place in one that is there, from which it reaches the storage
// account by private endpoints: docs/deploy.md#a-private-storage-account.
// https://learn.microsoft.com/azure/azure-functions/functions-networking-options#virtual-network-integration

@description('Region.')
param location string

@description('Tags of the resources.')
param tags object

@description('Name of the network, and part of every other name.')
param name string

@description('Addresses of the network that is made, a /25 or larger.')
param addressSpace string

@description('Id of a subnet for the app, delegated to Microsoft.App/environments. Empty: a network is made.')
param existingAppSubnetId string

@description('Id of a subnet of the same network for the private endpoints.')
param existingEndpointSubnetId string

@description('Id of a NAT gateway, through which the app that is in a network made here speaks to Azure. Empty: through addresses of Azure\'s own.')
param natGatewayId string

@description('Whether private DNS zones are made; false where a policy writes the records of private endpoints.')
param makeDnsZones bool

@description('Id of the storage account.')
param storageAccountId string

var isMade = empty(existingAppSubnetId)
var appRange = cidrSubnet(addressSpace, 26, 0)
var endpointRange = cidrSubnet(addressSpace, 28, 4)
var networkId = isMade ? resourceId('Microsoft.Network/virtualNetworks', name) : split(existingAppSubnetId, '/subnets/')[0]

resource guard 'Microsoft.Network/networkSecurityGroups@2025-09-01' = if (isMade) {
  name: 'nsg-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'app-to-storage'
        properties: {
          direction: 'Inbound'
          priority: 100
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: appRange
          sourcePortRange: '*'
          destinationAddressPrefix: endpointRange
          destinationPortRange: '443'
        }
      }
      {
        name: 'nobody-else'
        properties: {
          direction: 'Inbound'
          priority: 4096
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = if (isMade) {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appRange
          // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#virtual-network-integration
          delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
          defaultOutboundAccess: empty(natGatewayId)
          natGateway: empty(natGatewayId) ? null : { id: natGatewayId }
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointRange
          networkSecurityGroup: { id: guard.id }
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

// What the host and our own stores open: https://learn.microsoft.com/azure/azure-functions/storage-considerations
var doors = ['blob', 'queue', 'table']

resource endpoints 'Microsoft.Network/privateEndpoints@2025-09-01' = [
  for door in doors: {
    name: 'pe-${door}-${name}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: isMade ? resourceId('Microsoft.Network/virtualNetworks/subnets', name, 'endpoints') : existingEndpointSubnetId
      }
      privateLinkServiceConnections: [
        { name: door, properties: { privateLinkServiceId: storageAccountId, groupIds: [door] } }
      ]
    }
    dependsOn: [network]
  }
]

// https://learn.microsoft.com/azure/private-link/private-endpoint-dns#storage
resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for door in doors: if (makeDnsZones) {
    name: 'privatelink.${door}.${environment().suffixes.storage}'
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (door, index) in doors: if (makeDnsZones) {
    parent: zones[index]
    name: name
    location: 'global'
    tags: tags
    properties: { virtualNetwork: { id: networkId }, registrationEnabled: false }
    dependsOn: [network]
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = [
  for (door, index) in doors: if (makeDnsZones) {
    parent: endpoints[index]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: door, properties: { privateDnsZoneId: zones[index].id } }] }
    dependsOn: [links]
  }
]

output appSubnetId string = isMade ? resourceId('Microsoft.Network/virtualNetworks/subnets', name, 'app') : existingAppSubnetId
