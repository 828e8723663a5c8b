// What the two identities may do in one audited subscription: docs/deploy.md.
// ../management-group.bicep does the same for all subscriptions of a management group.
targetScope = 'subscription'

@description('Name of the environment.')
param environmentName string

@description('Object id of the identity that reads.')
param readerPrincipalId string

@description('Object id of the identity that changes things.')
param remediatorPrincipalId string

@description('Whether anything may be changed at all.')
param mayRemediate bool

// Written from the code that makes the requests.
var actions = loadJsonContent('../actions.json')

// A role's name is unique in the tenant, and a role of a subscription is of no use in another.
var of = '${environmentName}, ${subscription().subscriptionId}'

resource readerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, 'portcullis-reader')
  properties: {
    roleName: 'Portcullis Reader (${of})'
    type: 'CustomRole'
    permissions: [{ actions: actions.reader, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(subscription().id)
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, readerPrincipalId, readerRole.id)
  properties: {
    roleDefinitionId: readerRole.id
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource remediatorRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, environmentName, 'portcullis-remediator')
  properties: {
    roleName: 'Portcullis Remediator (${of})'
    type: 'CustomRole'
    permissions: [{ actions: actions.remediator, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(subscription().id)
  }
}

resource remediates 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, remediatorPrincipalId, remediatorRole.id)
  properties: {
    roleDefinitionId: remediatorRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
    conditionVersion: '2.0'
    condition: replace(loadTextContent('../assignable-roles.txt'), '<remediator>', remediatorPrincipalId)
  }
}
