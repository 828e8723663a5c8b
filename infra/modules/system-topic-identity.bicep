// Who a system topic is, its own or one that was there before.

@description('Name of the topic.')
param topicName string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

output principalId string = topic.identity.principalId
