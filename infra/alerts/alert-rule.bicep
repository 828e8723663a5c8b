// A rule of Azure Monitor that fires for each alert of Portcullis that fires, and resolves with it.
// https://learn.microsoft.com/azure/templates/microsoft.insights/scheduledqueryrules

@description('The Application Insights that the function app sends to.')
param applicationInsightsId string

@description('Whom the rule tells.')
param actionGroupIds array = []

@description('Where the rule is.')
param location string = resourceGroup().location

@description('0 is critical, 4 is informational.')
@minValue(0)
@maxValue(4)
param severity int = 1

resource rule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'portcullis-alerts'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Portcullis: an inference cluster is not as the guidance asks'
    description: 'One for each alert; the dimensions name the check and the cluster.'
    enabled: true
    severity: severity
    scopes: [applicationInsightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'P2D'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('firing.kql')
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            { name: 'alertId', operator: 'Include', values: ['*'] }
            { name: 'severity', operator: 'Include', values: ['*'] }
            { name: 'checkId', operator: 'Include', values: ['*'] }
            { name: 'subject', operator: 'Include', values: ['*'] }
          ]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: actionGroupIds }
  }
}
