// What the two identities may do in every subscription of a management group, in place of
// modules/permissions.bicep for each: az deployment mg create, see docs/deploy.md.
targetScope = 'managementGroup'

@description('Name of the environment.')
param environmentName string

@description('Object id of the identity that reads.')
param readerPrincipalId string

@description('Object id of the identity that changes things.')
param remediatorPrincipalId string

@description('Whether anything may be changed at all.')
param mayRemediate bool

// Written from the code that makes the requests.
var actions = loadJsonContent('actions.json')

// A role's name is unique in the tenant, and it can be assignable in one management group:
// https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
var of = '${environmentName}, ${managementGroup().name}'

resource readerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, environmentName, 'portcullis-reader')
  properties: {
    roleName: 'Portcullis Reader (${of})'
    type: 'CustomRole'
    permissions: [{ actions: actions.reader, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(managementGroup().id)
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, readerPrincipalId, readerRole.id)
  properties: {
    roleDefinitionId: readerRole.id
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource remediatorRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, environmentName, 'portcullis-remediator')
  properties: {
    roleName: 'Portcullis Remediator (${of})'
    type: 'CustomRole'
    permissions: [{ actions: actions.remediator, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(managementGroup().id)
  }
}

resource remediates 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, remediatorPrincipalId, remediatorRole.id)
  properties: {
    roleDefinitionId: remediatorRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
    conditionVersion: '2.0'
    condition: replace(loadTextContent('assignable-roles.txt'), '<remediator>', remediatorPrincipalId)
  }
}
