//! PC02, PC03 and PC04: whose id is whose. The app registration (`AZURE_AD_CLIENT_ID`) says which tokens are
//! meant for this API; the managed identity (`AZURE_CLIENT_ID`) is who the process itself is in Azure.

use uuid::Uuid;

use super::{EVERYWHERE, Rule, RuleId};
use crate::config::finding::Finding;
use crate::config::key::Key;
use crate::config::keys;
use crate::config::merge::RawConfig;

pub(super) const PC02: Rule = Rule {
    id: RuleId::Pc02,
    title: "`AZURE_CLIENT_ID` equals `AZURE_AD_CLIENT_ID`",
    why: "One is the managed identity for the Azure SDK, the other the app registration whose tokens are accepted; with one id for both, Key Vault or sign-in breaks",
    fix: "set AZURE_CLIENT_ID to the client id of the user-assigned managed identity, or unset it",
    environments: EVERYWHERE,
    outcome: "error",
    check: check_same_id,
};

pub(super) const PC03: Rule = Rule {
    id: RuleId::Pc03,
    title: "authentication is on and the tenant or client id is missing, not a GUID, the nil GUID or a placeholder",
    why: "Tokens are accepted for exactly one tenant and one app registration; without them nobody or anybody could sign in",
    fix: "set AZURE_TENANT_ID to the Directory (tenant) ID and AZURE_AD_CLIENT_ID to the Application (client) ID that the overview page of the app registration in Entra shows; `entra-manifest` prints a registration when there is none yet",
    environments: EVERYWHERE,
    outcome: "error; warning for a GUID of one repeated digit",
    check: check_ids,
};

pub(super) const PC04: Rule = Rule {
    id: RuleId::Pc04,
    title: "the tenant is `common`, `organizations` or `consumers`, or the GUID of the last",
    why: "These stand for every tenant or every personal account, so anybody with any Microsoft account would be let in",
    fix: "set AZURE_TENANT_ID to the GUID of your own tenant",
    environments: EVERYWHERE,
    outcome: "error",
    check: check_many_tenants,
};

/// The names, and the GUID behind `consumers`: the tenant of all personal accounts
/// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference, `tid`).
pub(in crate::config) const MANY_TENANTS: [&str; 4] = [
    "common",
    "organizations",
    "consumers",
    "9188040d-6c67-4c5b-b112-36a304b66dad",
];

/// GUIDs that documentation and templates use where a real one belongs.
const EXAMPLES: [Uuid; 3] = [
    Uuid::max(),
    Uuid::from_u128(0x12345678_1234_1234_1234_123456789012),
    Uuid::from_u128(0x12345678_1234_1234_1234_123456789abc),
];

fn check_same_id(raw: &RawConfig) -> Vec<Finding> {
    let registration = raw.get(&keys::CLIENT_ID);
    if registration.is_none() || registration != raw.get(&keys::MANAGED_IDENTITY_CLIENT_ID) {
        return Vec::new();
    }
    let finding = PC02
        .error("the managed identity and the app registration have the same client id")
        .from(raw.source(&keys::CLIENT_ID))
        .from(raw.source(&keys::MANAGED_IDENTITY_CLIENT_ID));
    vec![finding]
}

fn check_ids(raw: &RawConfig) -> Vec<Finding> {
    let required = raw.get(&keys::REQUIRED).unwrap_or(true);
    let tenant = check_id(raw, &keys::TENANT_ID, "tenant id", required);
    let client = check_id(raw, &keys::CLIENT_ID, "client id", required).map(|finding| {
        let only_identity = raw.is_unset(&keys::CLIENT_ID)
            && !raw.is_unset(&keys::MANAGED_IDENTITY_CLIENT_ID);
        if only_identity {
            finding
                .from(raw.source(&keys::MANAGED_IDENTITY_CLIENT_ID))
                .fix("AZURE_CLIENT_ID is the managed identity's client id (for the Azure SDK) and never the app registration's; set AZURE_AD_CLIENT_ID to the app registration's")
        } else {
            finding
        }
    });
    tenant.into_iter().chain(client).collect()
}

fn check_id(raw: &RawConfig, key: &Key<Uuid>, noun: &str, required: bool) -> Option<Finding> {
    if raw.is_unset(key) {
        return required.then(|| {
            PC03.error(format!("authentication is on and the {noun} is missing"))
                .from(raw.source(key))
        });
    }
    let Some(guid) = raw.get(key) else {
        let text = raw.text(key).unwrap_or_default();
        let what = describe_no_guid(text, noun)?;
        return Some(PC03.error(what).from(raw.source(key)));
    };
    if !required {
        return None;
    }
    if guid.is_nil() {
        let what = format!("the {noun} is the nil GUID");
        return Some(PC03.error(what).from(raw.source(key)));
    }
    if EXAMPLES.contains(&guid) {
        let what = format!("the {noun} is the placeholder of a template");
        return Some(PC03.error(what).from(raw.source(key)));
    }
    let text = guid.simple().to_string();
    let repeated = text.bytes().all(|digit| digit == text.as_bytes()[0]);
    repeated.then(|| {
        PC03.warning(format!(
            "the {noun} is one digit repeated, which no real one is"
        ))
        .from(raw.source(key))
    })
}

/// Says what stands where a GUID belongs; `None` where PC04 says it better.
fn describe_no_guid(text: &str, noun: &str) -> Option<String> {
    let folded = text.to_ascii_lowercase();
    let is_tenant = noun.starts_with("tenant");
    if is_tenant && MANY_TENANTS.contains(&folded.as_str()) {
        return None;
    }
    let is_placeholder = [
        "<",
        ">",
        "{",
        "$",
        "your",
        "change",
        "xxxx",
        "todo",
        "placeholder",
    ]
    .iter()
    .any(|mark| folded.contains(mark));
    Some(if text.is_empty() {
        format!("the {noun} is empty")
    } else if is_placeholder {
        format!("the {noun} is a placeholder that was never filled in")
    } else if is_tenant && text.contains('.') {
        "the tenant id is a domain name; its GUID is wanted".to_owned()
    } else {
        format!("the {noun} is not a GUID (8-4-4-4-12 hexadecimal digits)")
    })
}

fn check_many_tenants(raw: &RawConfig) -> Vec<Finding> {
    let many = raw
        .text(&keys::TENANT_ID)
        .is_some_and(|text| MANY_TENANTS.contains(&text.to_ascii_lowercase().as_str()));
    if !many {
        return Vec::new();
    }
    vec![
        PC04.error("the tenant stands for many tenants")
            .from(raw.source(&keys::TENANT_ID)),
    ]
}
