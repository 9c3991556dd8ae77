//! PC08: secrets do not stand in configuration files, which are committed, copied and backed up.

use super::{EVERYWHERE, Rule, RuleId};
use crate::config::finding::{Finding, Source};
use crate::config::merge::{Candidate, RawConfig, Setting};
use crate::config::origin::Origin;
use crate::config::secret_shape::{find_secret, is_placeholder};
use figment::value::Value as Raw;
use url::Url;

pub(super) const PC08: Rule = Rule {
    id: RuleId::Pc08,
    title: "a configuration file holds what looks like a secret",
    why: "Files are committed, built into images and copied; whoever reads one has the secret, and it can never be called back",
    fix: "take it out of the file, replace the secret itself, and give the new one by Key Vault or a mounted file",
    environments: EVERYWHERE,
    outcome: "error, also where a higher layer shadows the file",
    check: check_files,
};

fn check_files(raw: &RawConfig) -> Vec<Finding> {
    raw.settings()
        .iter()
        .flat_map(|setting| {
            let candidates = setting.candidates();
            candidates.filter_map(|candidate| check_candidate(setting, candidate))
        })
        .collect()
}

fn check_candidate(setting: &Setting, candidate: &Candidate) -> Option<Finding> {
    match candidate.origin {
        Origin::File { .. } => {}
        Origin::Default
        | Origin::Variable(_)
        | Origin::SecretFile { .. }
        | Origin::VaultSecret { .. }
        | Origin::Flag(_) => return None,
    }
    let key = &setting.key;
    let mut found = None;
    for_each_text(&candidate.raw, &mut |text| {
        found = found.or_else(|| find_secret(text)).or_else(|| {
            // What a secret key holds is a secret, but for an address with nothing secret in it.
            let is_harmless = text.is_empty() || is_open_address(text) || is_placeholder(text);
            (key.secret && !is_harmless).then_some("the value of a secret key")
        });
    });
    let what = found?;
    // The place alone: the value must not be copied into a log, too.
    let place = Source::of_key(&key.name, format!("{}, {}", key.name, candidate.origin));
    let finding = PC08
        .error(format!("{} holds {what}", key.name))
        .from(place)
        .fix(format!(
            "take it out of the file, replace the secret itself, and name a mounted file in {}, or map the key to a secret of Key Vault",
            key.file_variable()
        ));
    Some(finding)
}

/// Says whether an address, of which [`find_secret`] says that it has no password, is none itself: where a database is, or
/// which host. What stands behind the host of a web address may be all that protects it, as with webhooks.
fn is_open_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    match url.scheme() {
        "http" | "https" => url.path() == "/" && url.query().is_none() && url.fragment().is_none(),
        _ => text.contains("://"),
    }
}

/// Visits every text of a value, those of lists and tables too.
fn for_each_text(raw: &Raw, visit: &mut impl FnMut(&str)) {
    match raw {
        Raw::String(_, text) => visit(text),
        Raw::Array(_, items) => items.iter().for_each(|item| for_each_text(item, visit)),
        Raw::Dict(_, dict) => dict.values().for_each(|value| for_each_text(value, visit)),
        Raw::Char(..) | Raw::Bool(..) | Raw::Num(..) | Raw::Empty(..) => {}
    }
}
