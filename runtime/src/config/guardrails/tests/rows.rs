//! Settings that are bent, one a row: which rule fires, and in which environments.

use crate::config::sections::Environment::{self, Dev, Prod, Staging, Test, Uat};
use crate::config::tests::sources::{CLIENT, TENANT};

const ALL: &[Environment] = &Environment::ALL;
const LOCAL: &[Environment] = &[Dev, Test];
const HIGHER: &[Environment] = &[Staging, Uat, Prod];
const NONE: &[Environment] = &[];

pub(super) const FILE: &str = "default.toml";
const NIL: &str = "00000000-0000-0000-0000-000000000000";
const ONES: &str = "11111111-1111-1111-1111-111111111111";
pub(super) const ORIGINS: &str = "APP_CORS__ALLOWED_ORIGINS";
pub(super) const AUTHORITY: &str = "APP_AUTH__AUTHORITY";
const PUBLIC: &str = "APP_SERVER__PUBLIC_URL";
const ISSUER: &str = "APP_AUTH__ISSUER";
const RESOURCE: &str = "APP_MCP__RESOURCE";
pub(super) const ROLES: &str = "APP_AUTH__ROLES";

/// One setting bent, the finding it causes, and where. A question mark is a warning. The variable [`FILE`] is none: its
/// value is what `default.toml` says.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) &'static [(&'static str, &'static str)],
    pub(super) &'static str,
    pub(super) &'static [Environment],
);

/// Where a rule does not fire, nothing else may.
pub(super) const ROWS: &[Row] = &[
    Row("PC01 off", &[("AUTH_REQUIRED", "false")], "PC01", HIGHER),
    Row("PC01 on", &[("AUTH_REQUIRED", "true")], "PC01", NONE),
    Row("PC02 same", &[("AZURE_CLIENT_ID", CLIENT)], "PC02", ALL),
    Row("PC02 two", &[("AZURE_CLIENT_ID", TENANT)], "PC02", NONE),
    Row("PC03 word", &[("AZURE_TENANT_ID", "contoso")], "PC03", ALL),
    Row(
        "PC03 domain",
        &[("AZURE_TENANT_ID", "contoso.onmicrosoft.com")],
        "PC03",
        ALL,
    ),
    Row("PC03 blank", &[("AZURE_AD_CLIENT_ID", "")], "PC03", ALL),
    Row("PC03 nil", &[("AZURE_AD_CLIENT_ID", NIL)], "PC03", ALL),
    Row(
        "PC03 template",
        &[("AZURE_AD_CLIENT_ID", "<your-client-id>")],
        "PC03",
        ALL,
    ),
    Row(
        "PC03 template",
        &[("AZURE_TENANT_ID", "12345678-1234-1234-1234-123456789012")],
        "PC03",
        ALL,
    ),
    Row("PC03 digit", &[("AZURE_TENANT_ID", ONES)], "PC03?", ALL),
    Row("PC04 common", &[("AZURE_TENANT_ID", "common")], "PC04", ALL),
    Row(
        "PC04 organizations",
        &[("AZURE_TENANT_ID", "Organizations")],
        "PC04",
        ALL,
    ),
    Row(
        "PC04 consumers",
        &[("AZURE_TENANT_ID", "consumers")],
        "PC04",
        ALL,
    ),
    Row(
        "PC04 personal accounts",
        &[("AZURE_TENANT_ID", "9188040D-6C67-4C5B-B112-36A304B66DAD")],
        "PC04",
        ALL,
    ),
    Row(
        "PC09 blank",
        &[(
            ROLES,
            r#"{" Desk.Admin" = "Admin", "V" = "Viewer", "I" = "Ingest"}"#,
        )],
        "PC09",
        ALL,
    ),
    Row(
        "PC09 empty",
        &[(ROLES, r#"{"" = "Admin", "V" = "Viewer", "I" = "Ingest"}"#)],
        "PC09",
        ALL,
    ),
    Row("PC05 star", &[(ORIGINS, "*")], "PC05", ALL),
    Row(
        "PC05 subdomains",
        &[(ORIGINS, "https://*.contoso.com")],
        "PC05",
        ALL,
    ),
    Row("PC05 null", &[(ORIGINS, "null")], "PC05", ALL),
    Row("PC05 suffix", &[(ORIGINS, ".contoso.com")], "PC05", ALL),
    Row(
        "PC05 suffix address",
        &[(ORIGINS, "https://.contoso.com")],
        "PC05",
        ALL,
    ),
    Row("PC05 pattern", &[(ORIGINS, "^https://.+$")], "PC05", ALL),
    Row(
        "PC05 slash",
        &[(ORIGINS, "https://desk.contoso.com/")],
        "PC05",
        ALL,
    ),
    Row(
        "PC05 case",
        &[(ORIGINS, "https://Desk.contoso.com")],
        "PC05",
        ALL,
    ),
    Row(
        "PC05 port",
        &[(ORIGINS, "https://desk.contoso.com:443")],
        "PC05",
        ALL,
    ),
    Row(
        "PC05 no scheme",
        &[(ORIGINS, "desk.contoso.com")],
        "PC05",
        ALL,
    ),
    Row("PC05 other scheme", &[(ORIGINS, "file:///")], "PC05", ALL),
    Row(
        "PC05 http",
        &[(ORIGINS, "http://desk.contoso.com")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 localhost",
        &[(ORIGINS, "http://localhost:3000")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 every address",
        &[(ORIGINS, "https://0.0.0.0:3000")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 every v6 address",
        &[(ORIGINS, "https://[::]:3000")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 https localhost",
        &[(ORIGINS, "https://localhost:3000")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 loopback",
        &[(ORIGINS, "https://127.0.0.1")],
        "PC05",
        HIGHER,
    ),
    Row(
        "PC05 right",
        &[(ORIGINS, "https://desk.contoso.com")],
        "PC05",
        NONE,
    ),
    Row(
        "PC06 authority",
        &[(AUTHORITY, "http://login.contoso.com")],
        "PC06",
        ALL,
    ),
    Row(
        "PC06 public of browsers",
        &[(PUBLIC, "http://desk.localhost:8080")],
        "PC06",
        HIGHER,
    ),
    Row(
        "PC06 public",
        &[(PUBLIC, "http://api.contoso.com")],
        "PC06",
        ALL,
    ),
    Row(
        "PC06 public loopback",
        &[(PUBLIC, "http://127.0.0.1:8080")],
        "PC06",
        HIGHER,
    ),
    Row(
        "PC06 lookalike",
        &[(PUBLIC, "http://localhost.contoso.com")],
        "PC06",
        ALL,
    ),
    Row(
        "PC06 issuer scheme",
        &[(
            ISSUER,
            "http://login.contoso.com/8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c/v2.0",
        )],
        "PC06",
        ALL,
    ),
    Row(
        "PC06 issuer tenant",
        &[(ISSUER, "https://login.contoso.com/common/v2.0")],
        "PC06",
        ALL,
    ),
    Row(
        "PC06 issuer right",
        &[(
            ISSUER,
            "https://x.ciamlogin.com/8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c/v2.0",
        )],
        "PC06",
        NONE,
    ),
    Row(
        "PC07 loopback",
        &[(AUTHORITY, "https://127.0.0.1:9100")],
        "PC07",
        HIGHER,
    ),
    Row(
        "PC08 secret key",
        &[(FILE, "[auth]\nclient_secret = \"hunter2\"")],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 password of the database",
        &[(
            FILE,
            "[app]\ndatabase_url = \"postgres://desk:hunter2@db/desk\"",
        )],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 application key that is no address",
        &[(FILE, "[app]\ndatabase_url = \"hunter2\"")],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 secret that begins like a placeholder",
        &[(FILE, "[auth]\nclient_secret = \"$hunter2\"")],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 placeholder",
        &[(FILE, "[auth]\nclient_secret = \"<from Key Vault>\"")],
        "PC08",
        NONE,
    ),
    Row(
        "PC08 webhook whose path is the secret",
        &[(
            FILE,
            "[app]\ndatabase_url = \"https://hooks.contoso.com/services/T0/B0/hunter2\"",
        )],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 web address that is a host alone",
        &[(FILE, "[app]\ndatabase_url = \"https://db.contoso.com\"")],
        "PC08",
        NONE,
    ),
    Row(
        "PC08 shadowed",
        &[
            (FILE, "[auth]\nclient_secret = \"hunter2\""),
            ("APP_AUTH__CLIENT_SECRET", "another"),
        ],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 in a list of another key",
        &[(
            FILE,
            "[auth]\napp_id_uris = [\"api://desk:hunter2@contoso\"]",
        )],
        "PC08",
        ALL,
    ),
    Row(
        "PC08 database without a password",
        &[(FILE, "[app]\ndatabase_url = \"postgres://desk@db/desk\"")],
        "PC08",
        NONE,
    ),
    Row(
        "PC08 secret of a variable",
        &[("APP_AUTH__CLIENT_SECRET", "hunter2")],
        "PC08",
        NONE,
    ),
    Row(
        "PC09 unknown",
        &[(ROLES, r#"{A="Admn", B="Admin", C="Viewer", D="Ingest"}"#)],
        "PC09",
        ALL,
    ),
    Row("PC09 empty", &[(ROLES, "{}")], "PC09", ALL),
    Row(
        "PC09 wildcard",
        &[(ROLES, r#"{"*"="Admin", C="Viewer", D="Ingest"}"#)],
        "PC09",
        ALL,
    ),
    Row(
        "PC09 lost",
        &[(ROLES, r#"{A="Admin", C="Viewer"}"#)],
        "PC09?",
        ALL,
    ),
    Row(
        "PC09 right",
        &[(ROLES, r#"{A="Admin", C="Viewer", D="Ingest"}"#)],
        "PC09",
        NONE,
    ),
    Row(
        "PC09 caller",
        &[("APP_AUTH__POC__ROLES", "Viewer,Boss")],
        "PC09",
        ALL,
    ),
    Row(
        "PC09 caller's scope",
        &[("APP_AUTH__POC__SCOPES", "impersonation")],
        "PC09",
        ALL,
    ),
    Row(
        "PC10 setting",
        &[("APP_AUTH__REQIURED", "true")],
        "PC10",
        ALL,
    ),
    Row(
        "PC10 injected",
        &[("APP_PORT", "tcp://10.0.0.1:80")],
        "PC10?",
        ALL,
    ),
    Row(
        "PC11 policy",
        &[
            ("APP_KEY_VAULT__URL", "https://desk.vault.azure.net"),
            ("APP_KEY_VAULT__SECRETS", r#"{"auth.guests"="desk-guests"}"#),
        ],
        "PC11",
        ALL,
    ),
    Row(
        "PC11 secret",
        &[
            ("APP_KEY_VAULT__URL", "https://desk.vault.azure.net"),
            (
                "APP_KEY_VAULT__SECRETS",
                r#"{"auth.client_secret"="desk-secret"}"#,
            ),
        ],
        "PC11",
        NONE,
    ),
    Row(
        "PC12 open",
        &[("APP_SERVER__MANAGEMENT_BIND", "0.0.0.0:9090")],
        "PC12?",
        &[Uat, Prod],
    ),
    Row(
        "PC13 public",
        &[("APP_DOCS__ACCESS", "public")],
        "PC13",
        &[Prod],
    ),
    Row(
        "PC13 signed in",
        &[("APP_DOCS__ACCESS", "signed_in")],
        "PC13",
        NONE,
    ),
    Row(
        "PC13 tokens kept",
        &[
            ("APP_DOCS__ACCESS", "signed_in"),
            ("APP_DOCS__PERSIST_TOKEN", "true"),
        ],
        "PC13?",
        &[Prod],
    ),
    Row(
        "PC13 tokens kept by no page",
        &[
            ("APP_DOCS__ACCESS", "off"),
            ("APP_DOCS__PERSIST_TOKEN", "true"),
        ],
        "PC13?",
        NONE,
    ),
    Row(
        "PC14 slash",
        &[(RESOURCE, "https://api.contoso.com/api/v1/mcp/")],
        "PC14",
        ALL,
    ),
    Row(
        "PC14 fragment",
        &[(RESOURCE, "https://api.contoso.com/api/v1/mcp#x")],
        "PC14",
        ALL,
    ),
    Row(
        "PC14 host",
        &[(RESOURCE, "https://mcp.contoso.com/api/v1/mcp")],
        "PC14",
        ALL,
    ),
    Row(
        "PC14 right",
        &[(RESOURCE, "https://api.contoso.com/api/v1/mcp")],
        "PC14",
        NONE,
    ),
    Row(
        "PC15 on",
        &[("APP_AZURE__DEVELOPER_CREDENTIALS", "true")],
        "PC15",
        &[Uat, Prod],
    ),
    Row(
        "PC15 off",
        &[("APP_AZURE__DEVELOPER_CREDENTIALS", "false")],
        "PC15",
        NONE,
    ),
    Row(
        "PC12 loopback",
        &[("APP_SERVER__MANAGEMENT_BIND", "[::1]:9090")],
        "PC12?",
        NONE,
    ),
    Row(
        "PC16 on",
        &[("APP_SERVER__BIND", "0.0.0.0:8080")],
        "PC16?",
        NONE,
    ),
    Row(
        "PC16 loopback",
        &[("AUTH_REQUIRED", "false")],
        "PC16?",
        NONE,
    ),
    Row(
        "PC07 cloud",
        &[(AUTHORITY, "https://login.microsoftonline.us")],
        "PC07",
        NONE,
    ),
    Row("PC10 foreign", &[("PORT", "80")], "PC10?", NONE),
    Row("PC03 ids", &[("AZURE_TENANT_ID", TENANT)], "PC03", NONE),
    Row("PC04 tenant", &[("AZURE_TENANT_ID", TENANT)], "PC04", NONE),
    Row(
        "PC16 open",
        &[
            ("AUTH_REQUIRED", "false"),
            ("APP_SERVER__BIND", "0.0.0.0:8080"),
        ],
        "PC16?",
        LOCAL,
    ),
];
