//! The OpenAPI document of an application: of one deployment, or of none in particular.

use portcullis_api_spec::Vocabulary;
use portcullis_api_spec::openapi::{
    DocumentServer, DocumentSettings, EntraSettings, Operation, SpecError, build_document,
};
use url::Url;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use crate::api::Facts;
use crate::config::{Config, Environment};
use crate::server::Operations;

/// The document of a running service.
pub(crate) fn of_service(facts: &Facts, config: &Config, public_url: &Url) -> DocumentSettings {
    let authentication = &config.authentication;
    let scope_prefix = authentication
        .app_id_uris
        .first()
        .map_or("", String::as_str);
    DocumentSettings {
        title: facts.title.to_owned(),
        version: facts.version.to_owned(),
        description: describe(facts, config),
        license: facts.license.map(str::to_owned),
        tags: facts.tags,
        servers: vec![DocumentServer {
            url: public_url.as_str().trim_end_matches('/').to_owned(),
            description: environment_words(config.environment).to_owned(),
            is_internal: config.environment != Environment::Prod,
        }],
        entra: EntraSettings::of_tenant(
            authentication.authority.as_str(),
            &authentication.tenant_id.to_string(),
            scope_prefix,
        ),
    }
}

/// The document of no deployment in particular: the same bytes on every machine, for review and for drift checks.
/// The nil GUID stands where a deployment has its tenant and its registration.
pub(crate) fn of_no_deployment(facts: &Facts) -> DocumentSettings {
    let nil = Uuid::nil().to_string();
    DocumentSettings {
        title: facts.title.to_owned(),
        version: facts.version.to_owned(),
        description: facts.description.to_owned(),
        license: facts.license.map(str::to_owned),
        tags: facts.tags,
        servers: vec![DocumentServer {
            url: "/".to_owned(),
            description:
                "The service that this document came from, in production or any other environment"
                    .to_owned(),
            is_internal: false,
        }],
        entra: EntraSettings::of_tenant(
            "https://login.microsoftonline.com",
            &nil,
            &format!("api://{nil}"),
        ),
    }
}

/// The application's description, and in POC mode the warning that nobody is authenticated.
fn describe(facts: &Facts, config: &Config) -> String {
    match config.authentication.required {
        true => facts.description.to_owned(),
        false => format!(
            "**Authentication is bypassed here: POC mode.**\n\n{}",
            facts.description
        ),
    }
}

/// Builds the document.
pub(crate) fn build(
    settings: &DocumentSettings,
    vocabulary: &Vocabulary,
    operations: &Operations,
) -> Result<OpenApi, SpecError> {
    let operations: Vec<_> = operations
        .iter()
        .map(|described| Operation {
            def: described.endpoint,
            op: &described.op,
        })
        .collect();
    build_document(settings, vocabulary, &operations)
}

/// The environment in words that linters of API documents know.
fn environment_words(environment: Environment) -> &'static str {
    match environment {
        Environment::Dev => "dev (test)",
        Environment::Test => "test",
        Environment::Staging => "staging",
        Environment::Uat => "UAT (preprod)",
        Environment::Prod => "production",
    }
}
