//! POC mode: authentication is off, and a synthetic caller stands in (duty 21). Only dev and test can have it.
//!
//! A token that is present is ignored. `x-poc-roles` narrows the caller to fewer roles, never to more, so that a
//! prototype can be shown as each kind of user.

use std::collections::BTreeSet;
use std::time::Duration;

use http::HeaderMap;
use portcullis_api_spec::{CallerKind, Rights, Vocabulary};
use uuid::Uuid;

use super::Reason;
use crate::Caller;
use crate::caller::CallerFacts;
use crate::config::AuthenticationConfig;

/// The header that narrows the roles of the POC caller.
pub(super) const ROLES_HEADER: &str = "x-poc-roles";
/// How often the log says that authentication is off.
pub(super) const REMINDER: Duration = Duration::from_secs(600);

/// What stands in for every caller while authentication is off.
pub(super) struct PocMode {
    tenant_id: Uuid,
    declared_roles: BTreeSet<&'static str>,
    roles: BTreeSet<String>,
    scopes: BTreeSet<String>,
    contexts: BTreeSet<String>,
}

impl PocMode {
    pub(super) fn new(settings: &AuthenticationConfig, vocabulary: Vocabulary) -> Self {
        let declared_roles = vocabulary.roles.iter().map(|role| role.name);
        let declared_scopes = vocabulary.scopes.iter().map(|scope| scope.name.to_owned());
        Self {
            tenant_id: settings.tenant_id,
            declared_roles: declared_roles.clone().collect(),
            roles: match &settings.poc.roles {
                Some(roles) => roles.clone(),
                None => declared_roles.map(str::to_owned).collect(),
            },
            scopes: match &settings.poc.scopes {
                Some(scopes) => scopes.clone(),
                None => declared_scopes.collect(),
            },
            // POC mode shows what the application does, so its caller has met every context there can be.
            contexts: (1..=99).map(|number| format!("c{number}")).collect(),
        }
    }

    /// The synthetic caller of a request.
    ///
    /// # Errors
    /// [`Reason::PocRolesMalformed`], [`Reason::PocRoleUnknown`].
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<Caller, Reason> {
        Ok(Caller::from_verified(CallerFacts {
            tenant_id: self.tenant_id,
            // No real token has the nil object id: the validator refuses it.
            object_id: Uuid::nil(),
            rights: Rights {
                kind: CallerKind::User,
                roles: self.narrowed_roles(headers)?,
                scopes: self.scopes.clone(),
                contexts: self.contexts.clone(),
            },
            client_id: None,
            token_id: None,
            token_life: None,
            is_guest: false,
            takes_claims_challenges: false,
            is_synthetic: true,
        }))
    }

    fn narrowed_roles(&self, headers: &HeaderMap) -> Result<BTreeSet<String>, Reason> {
        if !headers.contains_key(ROLES_HEADER) {
            return Ok(self.roles.clone());
        }
        let mut asked_for = BTreeSet::new();
        for value in headers.get_all(ROLES_HEADER) {
            let text = value.to_str().map_err(|_| Reason::PocRolesMalformed)?;
            let names = text.split(',').map(str::trim);
            asked_for.extend(names.filter(|name| !name.is_empty()));
        }
        if !asked_for.is_subset(&self.declared_roles) {
            return Err(Reason::PocRoleUnknown);
        }
        let held = self.roles.iter();
        Ok(held
            .filter(|role| asked_for.contains(role.as_str()))
            .cloned()
            .collect())
    }
}

/// Says in the log, now and every so often, that nobody is authenticated.
pub(super) async fn remind(pause: Duration) {
    loop {
        tracing::warn!(
            "AUTH_REQUIRED=false: authentication is bypassed, every request is admitted"
        );
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::identity::testing::{VOCABULARY, config};
    use crate::telemetry::Captured;

    /// Name, `auth.poc.roles`, header values, roles or reason.
    type Row = (
        &'static str,
        Option<&'static [&'static str]>,
        &'static [&'static str],
        Result<Vec<String>, Reason>,
    );

    fn roles(configured: Option<&[&str]>, values: &[&'static str]) -> Result<Vec<String>, Reason> {
        let mut settings = config().authentication;
        settings.poc.roles =
            configured.map(|roles| roles.iter().map(|role| (*role).to_owned()).collect());
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ROLES_HEADER, HeaderValue::from_static(value));
        }
        let caller = PocMode::new(&settings, VOCABULARY).caller(&headers)?;
        assert!(caller.is_synthetic());
        Ok(caller.roles().iter().cloned().collect())
    }

    #[test]
    fn the_poc_header_narrows_the_roles_and_never_widens_them() {
        let all = ["Admin", "Ingest", "PM", "Viewer"]
            .map(str::to_owned)
            .to_vec();
        let only = |name: &str| Ok(vec![name.to_owned()]);
        let table: [Row; 9] = [
            ("no header", None, &[], Ok(all)),
            ("one role", None, &["Viewer"], only("Viewer")),
            (
                "spaces and empty names",
                None,
                &[" Viewer ,,"],
                only("Viewer"),
            ),
            (
                "two headers",
                None,
                &["Viewer", "PM"],
                Ok(vec!["PM".into(), "Viewer".into()]),
            ),
            ("empty header", None, &[""], Ok(vec![])),
            ("not held", Some(&["Viewer"]), &["Admin"], Ok(vec![])),
            (
                "held and not held",
                Some(&["Viewer"]),
                &["Admin,Viewer"],
                only("Viewer"),
            ),
            (
                "unknown",
                None,
                &["Viewer,Root"],
                Err(Reason::PocRoleUnknown),
            ),
            (
                "case differs",
                None,
                &["viewer"],
                Err(Reason::PocRoleUnknown),
            ),
        ];
        for (name, configured, values, expected) in table {
            assert_eq!(roles(configured, values), expected, "{name}");
        }
        assert!(Reason::PocRoleUnknown.is_malformed_request());
    }

    #[test]
    fn the_poc_caller_carries_all_declared_scopes_unless_told_otherwise() {
        let mut settings = config().authentication;
        let caller = PocMode::new(&settings, VOCABULARY)
            .caller(&HeaderMap::new())
            .unwrap();
        assert!(caller.scopes().contains("user_impersonation"));
        settings.poc.scopes = Some(BTreeSet::new());
        let caller = PocMode::new(&settings, VOCABULARY)
            .caller(&HeaderMap::new())
            .unwrap();
        assert!(caller.scopes().is_empty());
    }

    #[tokio::test]
    async fn the_log_says_at_start_and_every_ten_minutes_that_authentication_is_bypassed() {
        assert_eq!(REMINDER, Duration::from_secs(600));
        let captured = Captured::start();
        let pause = Duration::from_millis(1);
        let _ = tokio::time::timeout(pause * 50, remind(pause)).await;
        let events = captured.events().into_iter();
        let reminders = events.filter(|fields| {
            let text = fields["message"].as_str().unwrap_or_default();
            text.contains("authentication is bypassed")
        });
        assert!(reminders.count() >= 2);
    }
}
