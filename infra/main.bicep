// All of Portcullis in a subscription: the functions, their store and telemetry, the identities and
// what they may do, and the events of each audited subscription.
targetScope = 'subscription'

@description('Name of the environment; part of every name, and the tag by which azd finds what is its own.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Region of everything that has one.')
param location string

@description('Subscriptions that are audited, by id. Whoever deploys must be Owner or User Access Administrator on each.')
@minLength(1)
param auditedSubscriptions string[] = array(subscription().subscriptionId)

@description('System topics that subscriptions have already, { "<subscription id>": "<id of its system topic>" }: Azure allows one each. The topic needs a system-assigned identity.')
param existingSystemTopics object = {}

@description('The most that the functions may do, whatever the settings say.')
@allowed(['audit', 'alert', 'plan', 'remediate'])
param maxMode string = 'alert'

@description('Whether the app has an identity that may change something: in mode remediate, and in mode plan for what somebody approves.')
param mayWrite bool = (maxMode == 'remediate')

@description('Whether the identities get their roles in each audited subscription; false where management-group.bicep gives them to all.')
param assignInSubscriptions bool = true

@description('When the tenant is scanned: six NCRONTAB fields, in UTC.')
param scanSchedule string = '0 0 2 * * *'

@description('Seconds that a check after an event waits for further events.')
param checkDelay string = '30'

@description('Where the settings are, once they are there: blob:config/portcullis.settings.json for a blob of the container config, which is made here. Empty: the defaults hold.')
param settings string = ''

@description('Which Azure is audited.')
@allowed(['public', 'usgov', 'china'])
param cloud string = 'public'

@description('Node. 22 is in every region\'s list of Flex Consumption; choose 24 where "az functionapp list-flexconsumption-runtimes" shows it.')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@description('The most instances at one time.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Addresses that may call the app, as CIDRs; Event Grid always may. Empty: everyone, and the functions ask for a key.')
param allowedCallers string[] = []

@description('Application (client) id of a registration in Microsoft Entra ID; given, callers may sign in, and their identity reaches the app.')
param entraClientId string = ''

@description('Whether the storage account is reached by private endpoints only, from a network that the app is in. The provider Microsoft.App must be registered in the subscription.')
param privateStorage bool = false

@description('Addresses of the network that is made for it, a /25 or larger. It is connected to no other, so any will do.')
param networkAddressSpace string = '10.224.0.0/24'

@description('A subnet of a network that is there, by id, in place of one that is made: for the app, delegated to Microsoft.App/environments, with a way to the internet or to Azure.')
param existingAppSubnetId string = ''

@description('A subnet of the same network, by id, for the private endpoints.')
param existingEndpointSubnetId string = ''

@description('A NAT gateway, by id, through which the app speaks to Azure from the network that is made. Empty: through addresses of Azure\'s own.')
param natGatewayId string = ''

@description('Whether private DNS zones are made for the private endpoints; false where a policy writes their records into zones of a hub.')
param makeDnsZones bool = true

@description('How often the storage account keeps everything. Some regions have no zones, and take Standard_LRS only.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_ZRS'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Action groups that are told of alerts, by id.')
param actionGroups string[] = []

@description('Monthly budget in the currency of the bill; 0 for none.')
@minValue(0)
param monthlyBudget int = 50

@description('Who is written to when the budget is nearly spent. Without anyone there is no budget.')
param budgetContacts string[] = []

@description('First day of the budget. Azure takes no day before this month when a budget is made, and no other day afterwards.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Event subscriptions are made only when the function that they deliver to answers: false in the first deployment, true after the app is deployed.')
param connectEvents bool = false

var tags = { 'azd-env-name': environmentName }
var unique = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-portcullis-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { location: location, tags: tags, environmentName: environmentName }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    location: location
    tags: tags
    environmentName: environmentName
    retentionDays: logRetentionDays
    publisherId: identities.outputs.readerPrincipalId
  }
}

module store 'modules/store.bicep' = {
  name: 'store'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'stportcullis${take(unique, 12)}'
    redundancy: storageRedundancy
    ownerId: identities.outputs.readerPrincipalId
    logWorkspaceId: telemetry.outputs.workspaceId
    private: privateStorage
  }
}

module network 'modules/network.bicep' = if (privateStorage) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'vnet-portcullis-${environmentName}'
    addressSpace: networkAddressSpace
    existingAppSubnetId: existingAppSubnetId
    existingEndpointSubnetId: existingEndpointSubnetId
    natGatewayId: natGatewayId
    makeDnsZones: makeDnsZones
    storageAccountId: store.outputs.id
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'func-portcullis-${unique}'
    readerId: identities.outputs.readerId
    readerClientId: identities.outputs.readerClientId
    remediatorId: identities.outputs.remediatorId
    remediatorClientId: identities.outputs.remediatorClientId
    storageAccountName: store.outputs.name
    packageContainer: store.outputs.packageContainer
    telemetryConnection: telemetry.outputs.connection
    logWorkspaceId: telemetry.outputs.workspaceId
    nodeVersion: nodeVersion
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    scanSchedule: scanSchedule
    checkDelay: checkDelay
    settings: settings
    cloud: cloud
    maxMode: maxMode
    mayWrite: mayWrite
    allowedCallers: allowedCallers
    entraClientId: entraClientId
    subnetId: privateStorage ? network.outputs.appSubnetId : ''
  }
}

module permissions 'modules/permissions.bicep' = [
  for id in auditedSubscriptions: if (assignInSubscriptions) {
    name: 'permissions-${environmentName}'
    scope: subscription(id)
    params: {
      environmentName: environmentName
      readerPrincipalId: identities.outputs.readerPrincipalId
      remediatorPrincipalId: identities.outputs.remediatorPrincipalId
      mayRemediate: mayWrite
    }
  }
]

module events 'modules/events.bicep' = [
  for id in auditedSubscriptions: if (connectEvents) {
    name: 'events-${environmentName}'
    scope: subscription(id)
    params: {
      location: location
      tags: tags
      environmentName: environmentName
      existingTopicId: existingSystemTopics[?id] ?? ''
      functionId: '${app.outputs.id}/functions/resource-changed'
      storageAccountId: store.outputs.id
      deadLetterContainer: store.outputs.deadLetterContainer
    }
  }
]

module alerts 'alerts/alert-rule.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    applicationInsightsId: telemetry.outputs.insightsId
    actionGroupIds: actionGroups
    location: location
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(budgetContacts)) {
  name: 'budget'
  scope: group
  params: {
    name: 'portcullis-${environmentName}'
    amount: monthlyBudget
    start: budgetStart
    contacts: budgetContacts
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_LOCATION string = location
// Where the smoke test may name a resource that does not exist, and the reader may look for it.
output PORTCULLIS_AUDITED_SUBSCRIPTION string = auditedSubscriptions[0]
output PORTCULLIS_FUNCTION_APP string = app.outputs.name
output PORTCULLIS_ADDRESS string = app.outputs.address
output PORTCULLIS_STORAGE_ACCOUNT string = store.outputs.name
output PORTCULLIS_APPLICATION_INSIGHTS string = telemetry.outputs.insightsId
output PORTCULLIS_LOG_WORKSPACE string = telemetry.outputs.workspaceId
output PORTCULLIS_READER_PRINCIPAL_ID string = identities.outputs.readerPrincipalId
output PORTCULLIS_REMEDIATOR_PRINCIPAL_ID string = identities.outputs.remediatorPrincipalId
