// The alerts of deploy/alerts/azure on a Log Analytics workspace. A query answers with one row a deployment when something is
// wrong, and with none otherwise.

@description('Name of the deployment: a prefix of every alert.')
param name string

param location string

@description('The workspace that has the log of the container apps environment.')
param workspaceId string

@description('The container app.')
param serviceId string

@description('Who is told.')
param alertEmail string

var runbook = 'https://github.com/contoso/portcullis/blob/main/docs/runbook.md'

var alerts = [
  {
    name: 'PortcullisAbsent'
    summary: 'a deployment that logged within the day has gone silent'
    severity: 1
    window: 'PT1H'
    lookBack: 'P1D'
    query: loadTextContent('../alerts/azure/PortcullisAbsent.kql')
  }
  {
    name: 'PortcullisAuthenticationBypassed'
    summary: 'an instance serves with AUTH_REQUIRED=false; it says so when it starts and every ten minutes'
    severity: 1
    window: 'PT15M'
    lookBack: 'PT15M'
    query: loadTextContent('../alerts/azure/PortcullisAuthenticationBypassed.kql')
  }
  {
    name: 'PortcullisFailureSpike'
    summary: 'an instance counted more failures in one window than is usual'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisFailureSpike.kql')
  }
  {
    name: 'PortcullisForbiddenSpike'
    summary: 'more than a tenth of all requests and tool calls, and more than one every five seconds, are refused for want of rights'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisForbiddenSpike.kql')
  }
  {
    name: 'PortcullisInstanceDown'
    summary: 'the platform says that an instance fails its probes or ends again and again'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisInstanceDown.kql')
  }
  {
    name: 'PortcullisNoSuccessfulAuthentication'
    summary: 'callers try, and nobody is let in'
    severity: 1
    window: 'PT15M'
    lookBack: 'PT2H'
    query: loadTextContent('../alerts/azure/PortcullisNoSuccessfulAuthentication.kql')
  }
  {
    name: 'PortcullisRateLimitedSpike'
    summary: 'more than a twentieth of all requests, and more than one every two seconds, are 429'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisRateLimitedSpike.kql')
  }
  {
    name: 'PortcullisRouteForbiddenJump'
    summary: 'one route refuses five times as many callers as in the hour before'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT2H'
    query: loadTextContent('../alerts/azure/PortcullisRouteForbiddenJump.kql')
  }
  {
    name: 'PortcullisServerErrors'
    summary: 'more than one request in twenty is answered 5xx'
    severity: 1
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisServerErrors.kql')
  }
  {
    name: 'PortcullisSigningKeysExpiring'
    summary: 'for 18 hours signing keys have not been refreshed; at auth.keys.lifetime (24 hours) they are given up'
    severity: 1
    window: 'PT1H'
    lookBack: 'P1D'
    query: loadTextContent('../alerts/azure/PortcullisSigningKeysExpiring.kql')
  }
  {
    name: 'PortcullisSigningKeysMissing'
    summary: 'an instance has no signing keys: it is not ready and answers guarded requests with 503'
    severity: 1
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisSigningKeysMissing.kql')
  }
  {
    name: 'PortcullisSigningKeysStale'
    summary: 'signing keys could not be refreshed, and were not refreshed since'
    severity: 2
    window: 'PT30M'
    lookBack: 'PT30M'
    query: loadTextContent('../alerts/azure/PortcullisSigningKeysStale.kql')
  }
  {
    name: 'PortcullisToolErrors'
    summary: 'more than a fifth of the calls of one tool fail after they were admitted'
    severity: 2
    window: 'PT15M'
    lookBack: 'PT15M'
    query: loadTextContent('../alerts/azure/PortcullisToolErrors.kql')
  }
  {
    name: 'PortcullisUnauthorizedSpike'
    summary: 'more than a fifth of all requests, and more than one every two seconds, are 401'
    severity: 2
    window: 'PT10M'
    lookBack: 'PT10M'
    query: loadTextContent('../alerts/azure/PortcullisUnauthorizedSpike.kql')
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  properties: {
    groupShortName: 'desk'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: '${name}-${alert.name}'
  location: location
  properties: {
    displayName: alert.name
    description: '${alert.summary}. ${runbook}#${toLower(alert.name)}'
    severity: alert.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: alert.window
    overrideQueryTimeRange: alert.lookBack
    // The tables are made with the first lines, after the alerts.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'deployment'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]

// The log of a service that nobody calls is silent for an hour: that nothing runs at all shows here first.
resource noReplica 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-PortcullisAbsent-replicas'
  location: 'global'
  properties: {
    description: 'No replica is running. ${runbook}#portcullisabsent'
    severity: 1
    enabled: true
    scopes: [
      serviceId
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'replicas'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.App/containerApps'
          metricName: 'Replicas'
          timeAggregation: 'Maximum'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}
