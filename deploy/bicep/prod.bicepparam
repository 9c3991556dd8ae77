using 'main.bicep'

param environmentName = 'prod'
// Placeholder that `app config check` warns about: the client id on the overview page of the app registration.
param apiClientId = '22222222-2222-2222-2222-222222222222'
param publicUrl = 'https://research-desk.contoso.com'
param registryName = 'contoso'
param alertEmail = 'research-desk-operators@contoso.com'
// From the environment of the pipeline; it stands in no file.
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
