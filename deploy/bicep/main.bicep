// The research desk on Azure Container Apps: the service with its own managed identity, Key Vault, log and alerts.
//
//   az deployment group create --resource-group <group> --template-file deploy/bicep/main.bicep \
//     --parameters deploy/bicep/prod.bicepparam
//
// docs/guide/deployment.md says what has to be there before: the app registration, the registry, the database.

targetScope = 'resourceGroup'

@description('Which shipped configuration layer the service reads. It refuses to start with any other word.')
@allowed([
  'test'
  'staging'
  'uat'
  'prod'
])
param environmentName string

@description('Where everything is made.')
param location string = resourceGroup().location

@description('The tenant whose tokens are accepted: AZURE_TENANT_ID.')
param tenantId string = tenant().tenantId

@description('Client id of the app registration of the API: AZURE_AD_CLIENT_ID. Never that of a managed identity.')
@minLength(36)
@maxLength(36)
param apiClientId string

@description('The address clients use, https://<host>: metadata, documents and Host checks are made from it.')
param publicUrl string

@description('Name of the Azure container registry in this resource group.')
param registryName string

@description('Repository and tag of the image in that registry.')
param image string = 'research-desk:0.1.0'

@description('The database, postgres://..; it is put into Key Vault, and the service reads it from there.')
@secure()
param databaseUrl string

@description('Fewest instances. Two, so that a rollout or a broken machine leaves one.')
@minValue(1)
@maxValue(100)
param minReplicas int = 2

@description('Most instances.')
@minValue(1)
@maxValue(300)
param maxReplicas int = 10

@description('Networks (CIDR) of the web application firewall in front, which limits requests. Nobody else then reaches the ingress, and the client is the last but one entry of X-Forwarded-For. Empty: everybody reaches it, without a limit for all replicas together.')
param firewallNetworks array = []

@description('Who is told of an alert.')
param alertEmail string

var name = 'research-desk-${environmentName}'
// Two entries are believed only where the direct way is closed: there a client could write one of them itself.
var trustedHops = empty(firewallNetworks) ? '1' : '2'
// Vault names are unique in the whole cloud and at most 24 characters long.
var vaultName = take('desk-${environmentName}-${uniqueString(resourceGroup().id)}', 24)

// The built-in roles that the identity gets: to read secrets of this one vault, and to pull images of this one registry.
var keyVaultSecretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
  }
}

resource databaseUrlSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'database-url'
  properties: {
    value: databaseUrl
  }
}

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: keyVaultSecretsUser
  }
}

resource pullsImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identity.id, acrPull)
  scope: registry
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: acrPull
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 90
  }
}

resource platform 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    // Console lines land in ContainerAppConsoleLogs_CL, which the alerts read.
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource service 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    managedEnvironmentId: platform.id
    configuration: {
      activeRevisionsMode: 'Single'
      // One port is reachable, over TLS. Probes ask the other one inside.
      ingress: {
        external: true
        targetPort: 8080
        transport: 'http'
        allowInsecure: false
        ipSecurityRestrictions: [for (network, index) in firewallNetworks: {
          name: 'firewall-${index}'
          ipAddressRange: network
          action: 'Allow'
        }]
      }
      registries: [
        {
          server: registry.properties.loginServer
          identity: identity.id
        }
      ]
      // By reference: the value stays in Key Vault, and the platform reads it as the identity of the service.
      secrets: [
        {
          name: 'database-url'
          keyVaultUrl: databaseUrlSecret.properties.secretUri
          identity: identity.id
        }
      ]
    }
    template: {
      // Longer than server.drain_delay (5 s) and server.shutdown_grace (20 s) together, with time for the last records.
      terminationGracePeriodSeconds: 45
      containers: [
        {
          // The alerts find the log by this name.
          name: 'research-desk'
          image: '${registry.properties.loginServer}/${image}'
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: [
            {
              name: 'APP_ENV'
              value: environmentName
            }
            {
              name: 'AZURE_TENANT_ID'
              value: tenantId
            }
            {
              name: 'AZURE_AD_CLIENT_ID'
              value: apiClientId
            }
            {
              // The managed identity, and never the app registration: with one id for both, Key Vault or sign-in breaks.
              name: 'AZURE_CLIENT_ID'
              value: identity.properties.clientId
            }
            {
              // No parameter on purpose. A proof of concept without authentication is no deployment of this file.
              name: 'AUTH_REQUIRED'
              value: 'true'
            }
            {
              name: 'APP_SERVER__PUBLIC_URL'
              value: publicUrl
            }
            {
              name: 'APP_SERVER__BIND'
              value: '0.0.0.0:8080'
            }
            {
              // The platform's probes come from outside the container. No ingress leads to this port.
              name: 'APP_SERVER__MANAGEMENT_BIND'
              value: '0.0.0.0:9090'
            }
            {
              // The ingress of Container Apps appends the address that it is asked from, a firewall before it the client's.
              name: 'APP_SERVER__TRUSTED_HOPS'
              value: trustedHops
            }
            {
              // The ingress ends a request after 240 s. A call that is still waiting then would end without its answer.
              name: 'APP_MCP__WAIT_TIMEOUT'
              value: '200s'
            }
            {
              name: 'APP_APP__DATABASE_URL_FILE'
              value: '/run/secrets/database/url'
            }
          ]
          volumeMounts: [
            {
              volumeName: 'database'
              mountPath: '/run/secrets/database'
            }
          ]
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/livez'
                port: 9090
              }
              periodSeconds: 3
              timeoutSeconds: 2
              failureThreshold: 10
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/livez'
                port: 9090
              }
              periodSeconds: 10
              timeoutSeconds: 3
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/readyz'
                port: 9090
              }
              periodSeconds: 2
              timeoutSeconds: 2
              failureThreshold: 1
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'requests'
            http: {
              metadata: {
                concurrentRequests: '100'
              }
            }
          }
        ]
      }
      volumes: [
        {
          name: 'database'
          storageType: 'Secret'
          secrets: [
            {
              secretRef: 'database-url'
              path: 'url'
            }
          ]
        }
      ]
    }
  }
  dependsOn: [
    readsSecrets
    pullsImages
  ]
}

// Platform authentication is off, explicitly, so that nobody's click in the portal survives a deployment. Switched on, the
// platform would answer in the API's place: a redirect or a 401 of another form, without `resource_metadata`, which MCP
// clients need to find where to sign in; public operations would be closed; and it would add identity headers that the
// service does not believe anyway. The service validates every token itself.
resource platformAuthentication 'Microsoft.App/containerApps/authConfigs@2024-03-01' = {
  parent: service
  name: 'current'
  properties: {
    platform: {
      enabled: false
    }
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    workspaceId: logs.id
    serviceId: service.id
    alertEmail: alertEmail
  }
}

@description('Give this address to the DNS entry of publicUrl.')
output host string = service.properties.configuration.ingress.fqdn

@description('Client id of the managed identity, for federated credentials and database roles.')
output identityClientId string = identity.properties.clientId
