// Where Azure publishes what happens in this subscription.

@description('Tags of the topic.')
param tags object

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'portcullis'
  location: 'global'
  tags: tags
  // Opens the container for events that could not be delivered:
  // https://learn.microsoft.com/azure/event-grid/enable-identity-system-topics
  identity: { type: 'SystemAssigned' }
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}
