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

// Written from the code that makes the requests: docs/roles.md.
var readerActions = loadJsonContent('../roles/reader.json').Actions
var ruleActions = loadJsonContent('../roles/security-rules.json').Actions
var assignmentActions = loadJsonContent('../roles/role-assignments.json').Actions

// What may be assigned, as the code says, and never to itself: whoever changes rules could else take all of networking.
var delegation = trim(loadTextContent('../roles/role-assignments.condition.txt'))
var notToItself = replace(trim(loadTextContent('../not-to-itself.condition.txt')), '<remediator>', remediatorPrincipalId)

// A role has one name in the tenant, and one of a subscription is assignable there alone.
var of = '${environmentName}, ${subscription().subscriptionId}'

resource readerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, 'portcullis-reader')
  properties: {
    roleName: 'Portcullis reader (${of})'
    type: 'CustomRole'
    permissions: [{ actions: readerActions, notActions: [], dataActions: [], notDataActions: [] }]
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

resource rulesRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, environmentName, 'portcullis-security-rules')
  properties: {
    roleName: 'Portcullis security rules (${of})'
    type: 'CustomRole'
    permissions: [{ actions: ruleActions, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(subscription().id)
  }
}

resource changesRules 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, remediatorPrincipalId, rulesRole.id)
  properties: {
    roleDefinitionId: rulesRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource assignmentsRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, environmentName, 'portcullis-role-assignments')
  properties: {
    roleName: 'Portcullis role assignments (${of})'
    type: 'CustomRole'
    permissions: [{ actions: assignmentActions, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(subscription().id)
  }
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(subscription().id, remediatorPrincipalId, assignmentsRole.id)
  properties: {
    roleDefinitionId: assignmentsRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
    conditionVersion: '2.0'
    condition: '(${delegation}) AND (${notToItself})'
  }
}
