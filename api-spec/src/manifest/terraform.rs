//! The manifest as Terraform for the `azuread` provider, formatted as `terraform fmt` leaves it.

use super::{
    ACCESS_TOKEN_VERSION, AZURE_CLI_CLIENT_ID, AppRole, ExposedScope, Manifest, OPTIONAL_CLAIMS,
};

/// Renders the manifest as resources of the `azuread` provider, version 3.
#[must_use]
pub fn render_terraform(manifest: &Manifest) -> String {
    let mut hcl = Hcl::default();
    hcl.open("terraform");
    hcl.open("required_providers");
    hcl.open("azuread =");
    hcl.attributes(&[
        ("source", quote("hashicorp/azuread")),
        ("version", quote("~> 3.0")),
    ]);
    hcl.close().close().close().blank();
    push_application(&mut hcl, manifest);
    push_identifier_uris(&mut hcl, manifest);
    push_pre_authorized(&mut hcl, manifest);
    hcl.blank()
        .open("resource \"azuread_service_principal\" \"api\"");
    hcl.attributes(&[("client_id", "azuread_application.api.client_id".to_owned())]);
    hcl.close().blank().open("output \"azure_ad_client_id\"");
    hcl.attributes(&[("value", "azuread_application.api.client_id".to_owned())]);
    hcl.close();
    hcl.text
}

fn push_application(hcl: &mut Hcl, manifest: &Manifest) {
    hcl.open("resource \"azuread_application\" \"api\"");
    hcl.attributes(&[
        ("display_name", quote(&manifest.display_name)),
        ("sign_in_audience", quote("AzureADMyOrg")),
    ]);
    hcl.blank().open("api");
    hcl.attributes(&[(
        "requested_access_token_version",
        ACCESS_TOKEN_VERSION.to_string(),
    )]);
    for scope in &manifest.scopes {
        push_scope(hcl.blank(), scope);
    }
    hcl.close();
    for role in &manifest.app_roles {
        push_role(hcl.blank(), role);
    }
    hcl.blank().open("optional_claims");
    for (index, claim) in OPTIONAL_CLAIMS.iter().enumerate() {
        if index > 0 {
            hcl.blank();
        }
        hcl.open("access_token");
        hcl.attributes(&[("name", quote(claim))]).close();
    }
    hcl.close().blank().open("lifecycle");
    hcl.comment(
        "The resources below own them: the id in the first one is known only after creation.",
    );
    hcl.attributes(&[("ignore_changes", "[identifier_uris]".to_owned())]);
    hcl.close().close();
}

fn push_scope(hcl: &mut Hcl, scope: &ExposedScope) {
    let (name, text) = (quote(&scope.display_name), quote(&scope.description));
    hcl.open("oauth2_permission_scope");
    hcl.attributes(&[
        ("id", quote(&scope.id.to_string())),
        ("value", quote(scope.value)),
        ("type", quote("User")),
        ("enabled", "true".to_owned()),
        ("admin_consent_display_name", name.clone()),
        ("admin_consent_description", text.clone()),
        ("user_consent_display_name", name),
        ("user_consent_description", text),
    ]);
    hcl.close();
}

fn push_role(hcl: &mut Hcl, role: &AppRole) {
    let members = role.allowed_member_types.iter().map(|member| quote(member));
    let members = members.collect::<Vec<_>>().join(", ");
    hcl.open("app_role");
    hcl.attributes(&[
        ("id", quote(&role.id.to_string())),
        ("value", quote(role.value)),
        ("display_name", quote(role.value)),
        ("description", quote(&role.description)),
        ("allowed_member_types", format!("[{members}]")),
        ("enabled", "true".to_owned()),
    ]);
    hcl.close();
}

fn push_identifier_uris(hcl: &mut Hcl, manifest: &Manifest) {
    let own = format!("api://{}", manifest.registration.client_id);
    for (index, uri) in manifest.registration.identifier_uris().iter().enumerate() {
        let (name, value) = match *uri == own {
            true => (
                "client_id".to_owned(),
                "\"api://${azuread_application.api.client_id}\"".to_owned(),
            ),
            false => (format!("further_{index}"), quote(uri)),
        };
        hcl.blank().open(&format!(
            "resource \"azuread_application_identifier_uri\" \"{name}\""
        ));
        hcl.attributes(&[
            ("application_id", "azuread_application.api.id".to_owned()),
            ("identifier_uri", value),
        ]);
        hcl.close();
    }
}

fn push_pre_authorized(hcl: &mut Hcl, manifest: &Manifest) {
    if manifest.scopes.is_empty() {
        return;
    }
    let ids = manifest.scopes.iter().map(|it| quote(&it.id.to_string()));
    let ids = ids.collect::<Vec<_>>().join(", ");
    hcl.blank();
    hcl.comment("The Azure CLI, for the smoke test with a real token.");
    hcl.open("resource \"azuread_application_pre_authorized\" \"azure_cli\"");
    hcl.attributes(&[
        ("application_id", "azuread_application.api.id".to_owned()),
        ("authorized_client_id", quote(AZURE_CLI_CLIENT_ID)),
        ("permission_ids", format!("[{ids}]")),
    ]);
    hcl.close();
}

/// Text in blocks, with the equals signs of a group under each other.
#[derive(Default)]
struct Hcl {
    text: String,
    depth: usize,
}

impl Hcl {
    fn line(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(text);
        self.text.push('\n');
        self
    }

    fn open(&mut self, head: &str) -> &mut Self {
        self.line(&format!("{head} {{"));
        self.depth += 1;
        self
    }

    fn close(&mut self) -> &mut Self {
        self.depth -= 1;
        self.line("}")
    }

    fn blank(&mut self) -> &mut Self {
        self.text.push('\n');
        self
    }

    fn comment(&mut self, text: &str) -> &mut Self {
        self.line(&format!("# {text}"))
    }

    fn attributes(&mut self, attributes: &[(&str, String)]) -> &mut Self {
        let width = attributes.iter().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or_default();
        for (name, value) in attributes {
            self.line(&format!("{name:width$} = {value}"));
        }
        self
    }
}

/// Quotes a text so that neither `${..}` nor `%{..}` in it is a template.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_template() {
        let table = [
            ("plain", r#""plain""#),
            (r#"say "hi" \ bye"#, r#""say \"hi\" \\ bye""#),
            ("${var.secret} %{if}", r#""$${var.secret} %%{if}""#),
            ("two\nlines", r#""two\nlines""#),
        ];
        for (text, expected) in table {
            assert_eq!(quote(text), expected);
        }
    }
}
