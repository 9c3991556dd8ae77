//! The manifest as a shell script of `az` commands: for a new registration, or for one whose id is in `APP_ID`.

use super::Manifest;
use super::json::{describe_application, describe_pre_authorized};
use serde_json::{Value, json};

/// Ends the JSON in the script; no line of indented JSON can be this word.
const END: &str = "END_OF_JSON";

/// Renders the manifest as a script for `sh`. Running it twice changes nothing.
#[must_use]
pub fn render_az(manifest: &Manifest) -> String {
    let name = quote(&manifest.display_name);
    let mut script = String::from("#!/bin/sh\n");
    script.push_str("# Needs `az login` as an Application Administrator.");
    let client_id = manifest.registration.client_id;
    match client_id.is_nil() {
        true => {
            script.push_str(" Set APP_ID to change a registration that exists.\nset -eu\n\n");
            script.push_str("if [ -z \"${APP_ID:-}\" ]; then\n");
            script.push_str(&format!(
                "  APP_ID=$(az ad app create --display-name {name} --query appId --output tsv)\nfi\n"
            ));
        }
        false => script.push_str(&format!("\nset -eu\n\nAPP_ID={client_id}\n")),
    }
    script.push_str("graph=\"https://graph.microsoft.com/v1.0/applications(appId='$APP_ID')\"\n");
    push_patch(
        &mut script,
        "Roles, scopes, token version and claims.",
        &describe_application(manifest),
    );
    push_patch(
        &mut script,
        "The Azure CLI asks for no consent. The scopes it is allowed must exist before this.",
        &json!({ "api": { "preAuthorizedApplications": describe_pre_authorized(manifest) } }),
    );
    script.push_str("\n# What stands in front of a scope when a client asks for it.\n");
    script.push_str(&format!(
        "az ad app update --id \"$APP_ID\" --identifier-uris {}\n",
        render_uris(manifest)
    ));
    script
        .push_str("\n# Roles are assigned to people and applications at the service principal.\n");
    script.push_str("az ad sp show --id \"$APP_ID\" --output none 2>/dev/null ||\n");
    script.push_str("  az ad sp create --id \"$APP_ID\" --output none\n");
    script.push_str("\necho \"AZURE_AD_CLIENT_ID=$APP_ID\"\n");
    script
}

fn push_patch(script: &mut String, why: &str, body: &Value) {
    script.push_str(&format!("\n# {why}\n"));
    script.push_str("az rest --method PATCH --uri \"$graph\" \\\n");
    script.push_str("  --headers Content-Type=application/json --body @- <<'");
    script.push_str(&format!("{END}'\n{body:#}\n{END}\n"));
}

/// `api://` and the id that only the tenant knows is left to the shell; the other URIs are literal.
fn render_uris(manifest: &Manifest) -> String {
    let own = format!("api://{}", manifest.registration.client_id);
    let uris = manifest.registration.identifier_uris();
    let words = uris.iter().map(|uri| match *uri == own {
        true => "\"api://$APP_ID\"".to_owned(),
        false => quote(uri),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Quotes a word for the shell, so that nothing in it is expanded.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_quoted_word_is_one_word_whatever_it_holds() {
        assert_eq!(quote("the desk's $HOME"), "'the desk'\\''s $HOME'");
    }

    #[test]
    fn the_nil_guid_is_never_an_identifier_uri() {
        let manifest = super::super::tests::manifest();
        let script = render_az(&manifest);
        assert!(!script.contains(&Uuid::nil().to_string()), "{script}");
    }
}
