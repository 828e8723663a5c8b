// The function app, on Flex Consumption: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan

@description('Region.')
param location string

@description('Tags of the resources.')
param tags object

@description('Name of the app.')
param name string

@description('Id of the identity that reads the tenant and opens the storage account.')
param readerId string

@description('Client id of that identity.')
param readerClientId string

@description('Id of the identity that changes things.')
param remediatorId string

@description('Client id of that identity.')
param remediatorClientId string

@description('Name of the storage account.')
param storageAccountName string

@description('Container that the package is deployed to.')
param packageContainer string

@description('Where telemetry goes.')
param telemetryConnection string

@description('Id of the workspace that takes the logs.')
param logWorkspaceId string

@description('Node.')
@allowed(['22', '24'])
param nodeVersion string

@description('Memory of an instance, in MB.')
param instanceMemory int

@description('The most instances at one time.')
param maximumInstances int

@description('When the tenant is scanned.')
param scanSchedule string

@description('Seconds that a check waits for further events.')
param checkDelay string

@description('Where the settings are.')
param settings string

@description('Which Azure is audited.')
param cloud string

@description('The most that the functions may do.')
param maxMode string

@description('Whether the app is the identity that changes things, too.')
param mayWrite bool

@description('Addresses that may call the app, as CIDRs. Empty: everyone.')
param allowedCallers string[]

@description('Client id of the registration that callers sign in to. Empty: none.')
param entraClientId string

@description('Id of the subnet from which the app speaks to Azure. Empty: none.')
param subnetId string

var storageSuffix = environment().suffixes.storage

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: union({ '${readerId}': {} }, mayWrite ? { '${remediatorId}': {} } : {})
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageAccountName}.blob.${storageSuffix}/${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: readerId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(allowedCallers) ? 'Allow' : 'Deny'
      // https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions#service-tag-rule
      ipSecurityRestrictions: empty(allowedCallers) ? [] : concat(eventGrid, callers)
    }
  }
}

var eventGrid = [
  { name: 'event-grid', priority: 100, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }
]
var callers = [
  for (caller, index) in allowedCallers: {
    name: 'caller-${index}'
    priority: 200 + index
    action: 'Allow'
    tag: 'Default'
    ipAddress: caller
  }
]

// docs/environment.md. Flex Consumption takes the runtime from functionAppConfig, not from here:
// https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: readerClientId
    AzureWebJobsStorage__blobServiceUri: 'https://${storageAccountName}.blob.${storageSuffix}'
    AzureWebJobsStorage__queueServiceUri: 'https://${storageAccountName}.queue.${storageSuffix}'
    AzureWebJobsStorage__tableServiceUri: 'https://${storageAccountName}.table.${storageSuffix}'
    APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnection
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${readerClientId};Authorization=AAD'
    SCAN_SCHEDULE: scanSchedule
    PORTCULLIS_CLOUD: cloud
    PORTCULLIS_SETTINGS: settings
    PORTCULLIS_MAX_MODE: maxMode
    PORTCULLIS_CHECK_DELAY: checkDelay
    PORTCULLIS_READER_CLIENT_ID: readerClientId
    // Without it nothing is written, whatever the settings say.
    PORTCULLIS_REMEDIATOR_CLIENT_ID: mayWrite ? remediatorClientId : ''
  }
}

// Nobody is turned away at the door, because Event Grid comes in by it; who signed in reaches the app
// as a header, and the functions themselves ask for a key:
// https://learn.microsoft.com/azure/app-service/overview-authentication-authorization
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(entraClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
  dependsOn: [appSettings]
}

// Deployment signs in with Microsoft Entra ID, never with a password:
// https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable
resource noPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [
  for door in ['ftp', 'scm']: {
    parent: app
    name: door
    properties: { allow: false }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: app
  properties: {
    workspaceId: logWorkspaceId
    // FunctionAppLogs would repeat what Application Insights has; this says who signed in and was let in.
    logs: [{ category: 'AppServiceAuthenticationLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output address string = 'https://${app.properties.defaultHostName}'
