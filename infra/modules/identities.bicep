// Reading and writing are separate identities, so that what reads a tenant cannot change it.

@description('Region.')
param location string

@description('Tags of the resources.')
param tags object

@description('Name of the environment.')
param environmentName string

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-portcullis-reader-${environmentName}'
  location: location
  tags: tags
}

resource remediator 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-portcullis-remediator-${environmentName}'
  location: location
  tags: tags
}

output readerId string = reader.id
output readerClientId string = reader.properties.clientId
output readerPrincipalId string = reader.properties.principalId
output remediatorId string = remediator.id
output remediatorClientId string = remediator.properties.clientId
output remediatorPrincipalId string = remediator.properties.principalId
