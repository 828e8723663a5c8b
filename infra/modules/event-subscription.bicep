// What of a subscription's events reaches the function resource-changed.

@description('Name of the topic.')
param topicName string

@description('Name of the event subscription.')
param name string

@description('Id of the function.')
param functionId string

@description('Id of the storage account for events that could not be delivered.')
param storageAccountId string

@description('Container for them.')
param deadLetterContainer string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource changes 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: functionId
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    // The file is written from the code that reads the events.
    filter: loadJsonContent('../event-filter.json')
    // https://learn.microsoft.com/azure/event-grid/delivery-and-retry
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageAccountId, blobContainerName: deadLetterContainer }
      }
    }
  }
}
