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

// Written from the code that makes the requests: docs/roles.md.
var readerActions = loadJsonContent('roles/reader.json').Actions
var ruleActions = loadJsonContent('roles/security-rules.json').Actions
var assignmentActions = loadJsonContent('roles/role-assignments.json').Actions

// What may be assigned, as the code says, and never to itself: whoever changes rules could else take all of networking.
var delegation = trim(loadTextContent('roles/role-assignments.condition.txt'))
var notToItself = replace(trim(loadTextContent('not-to-itself.condition.txt')), '<remediator>', remediatorPrincipalId)

// A role has one name in the tenant, and is assignable in one management group:
// https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
var of = '${environmentName}, ${managementGroup().name}'

resource readerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, environmentName, 'portcullis-reader')
  properties: {
    roleName: 'Portcullis reader (${of})'
    type: 'CustomRole'
    permissions: [{ actions: readerActions, notActions: [], dataActions: [], notDataActions: [] }]
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

resource rulesRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, environmentName, 'portcullis-security-rules')
  properties: {
    roleName: 'Portcullis security rules (${of})'
    type: 'CustomRole'
    permissions: [{ actions: ruleActions, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(managementGroup().id)
  }
}

resource changesRules 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, remediatorPrincipalId, rulesRole.id)
  properties: {
    roleDefinitionId: rulesRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource assignmentsRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, environmentName, 'portcullis-role-assignments')
  properties: {
    roleName: 'Portcullis role assignments (${of})'
    type: 'CustomRole'
    permissions: [{ actions: assignmentActions, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: array(managementGroup().id)
  }
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayRemediate) {
  name: guid(managementGroup().id, remediatorPrincipalId, assignmentsRole.id)
  properties: {
    roleDefinitionId: assignmentsRole.id
    principalId: remediatorPrincipalId
    principalType: 'ServicePrincipal'
    conditionVersion: '2.0'
    condition: '(${delegation}) AND (${notToItself})'
  }
}
