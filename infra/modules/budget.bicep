// Tells people before the bill does: https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets

@description('Name of the budget.')
param name string

@description('Amount for a month, in the currency of the bill.')
param amount int

@description('First day, the first of a month.')
param start string

@description('Who is written to.')
param contacts string[]

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: start }
    notifications: {
      nearlySpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: contacts
      }
      willBeSpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: contacts
      }
    }
  }
}
