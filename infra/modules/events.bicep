// The events of one audited subscription: docs/events.md. The topic lies in that subscription, in a
// group of its own, because a system topic belongs to the subscription of its source:
// https://learn.microsoft.com/azure/event-grid/system-topics
targetScope = 'subscription'

@description('Region of the resource group; the topic itself is global.')
param location string

@description('Tags of the resources.')
param tags object

@description('Name of the environment.')
param environmentName string

@description('The system topic that the subscription has already. Empty: one is made.')
param existingTopicId string

@description('Id of the function that takes the events.')
param functionId string

@description('Id of the storage account for events that could not be delivered.')
param storageAccountId string

@description('Container for them.')
param deadLetterContainer string

var hasTopic = !empty(existingTopicId)
var storageParts = split(storageAccountId, '/')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = if (!hasTopic) {
  name: 'rg-portcullis-events-${environmentName}'
  location: location
  tags: tags
}

module made 'system-topic.bicep' = if (!hasTopic) {
  name: 'portcullis-topic-${environmentName}'
  scope: resourceGroup('rg-portcullis-events-${environmentName}')
  params: { tags: tags }
  dependsOn: [group]
}

var topicParts = split(existingTopicId, '/')
var topicGroup = hasTopic ? topicParts[4] : 'rg-portcullis-events-${environmentName}'
var topicName = hasTopic ? topicParts[8] : 'portcullis'

module identity 'system-topic-identity.bicep' = {
  name: 'portcullis-topic-identity-${environmentName}'
  scope: resourceGroup(topicGroup)
  params: { topicName: topicName }
  dependsOn: [made]
}

module deadLetters 'dead-letter-access.bicep' = {
  name: take('dead-letters-${subscription().subscriptionId}', 64)
  scope: resourceGroup(storageParts[2], storageParts[4])
  params: {
    storageAccountName: storageParts[8]
    container: deadLetterContainer
    topicSeed: '${subscription().subscriptionId}/${topicName}'
    principalId: identity.outputs.principalId
  }
}

module delivers 'event-subscription.bicep' = {
  name: 'portcullis-event-subscription-${environmentName}'
  scope: resourceGroup(topicGroup)
  params: {
    topicName: topicName
    name: 'portcullis-${environmentName}'
    functionId: functionId
    storageAccountId: storageAccountId
    deadLetterContainer: deadLetterContainer
  }
  dependsOn: [deadLetters]
}
