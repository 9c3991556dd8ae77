//! Two access rules as a document writes them, compared by what they ask of a caller.

use serde_json::Value;

use super::findings::{Findings, Names, text, texts};

/// The names under which a document writes a rule.
pub(super) struct RuleMembers {
    pub(super) access: &'static str,
    pub(super) roles: &'static str,
    pub(super) scopes: &'static str,
    pub(super) applications: &'static str,
    pub(super) also: &'static str,
    pub(super) context: &'static str,
}

/// The names in an OpenAPI operation.
pub(super) const DOCUMENT_MEMBERS: RuleMembers = RuleMembers {
    access: "x-access",
    roles: "x-roles",
    scopes: "x-scopes",
    applications: "x-applications",
    also: "x-also",
    context: "x-context",
};

/// The names in a row of the matrix.
pub(super) const MATRIX_MEMBERS: RuleMembers = RuleMembers {
    access: "access",
    roles: "roles",
    scopes: "scopes",
    applications: "applications",
    also: "also",
    context: "context",
};

/// A rule as a document writes it.
pub(super) struct Rule<'a> {
    access: &'a str,
    roles: Vec<&'a str>,
    scopes: Vec<&'a str>,
    applications: Vec<&'a str>,
    also: &'a str,
    context: &'a str,
}

impl<'a> Rule<'a> {
    pub(super) fn read(operation: &'a Value, members: &RuleMembers) -> Self {
        Self {
            access: text(operation, members.access),
            roles: texts(operation, members.roles),
            scopes: texts(operation, members.scopes),
            applications: texts(operation, members.applications),
            also: text(operation, members.also),
            context: text(operation, members.context),
        }
    }

    /// How many kinds of caller the rule leaves out; a word that is not known counts as the widest.
    fn width(&self) -> u8 {
        match self.access {
            "deny_all" => 0,
            "restricted" => 1,
            "signed_in" => 2,
            _ => 3,
        }
    }

    fn is_restricted(&self) -> bool {
        self.access == "restricted"
    }

    fn admits_users(&self) -> bool {
        self.is_restricted() && !(self.roles.is_empty() && self.scopes.is_empty())
    }

    pub(super) fn admits_anyone(&self) -> bool {
        self.width() > 0
    }

    /// In a few words, for a line about an operation that is new or gone.
    pub(super) fn describe(&self) -> String {
        if !self.is_restricted() {
            return self.access.replace('_', " ");
        }
        let lists = [
            ("roles", &self.roles),
            ("scopes", &self.scopes),
            ("applications", &self.applications),
        ];
        let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
        let lists = lists.map(|(word, names)| format!("{word} {}", names.join(", ")));
        lists.collect::<Vec<_>>().join("; ")
    }
}

/// Compares everything that two rules say.
pub(super) fn compare(findings: &mut Findings, place: &str, before: &Rule<'_>, after: &Rule<'_>) {
    if before.width() < after.width() {
        findings.widens(
            place,
            format!("{} -> {}", before.describe(), after.describe()),
        );
    } else if before.width() > after.width() {
        findings.narrows(
            place,
            format!("{} -> {}", before.describe(), after.describe()),
        );
    } else if before.is_restricted() {
        compare_users(findings, place, before, after);
        compare_applications(findings, place, before, after);
    }
    compare_unseen(findings, place, before, after);
}

fn compare_users(findings: &mut Findings, place: &str, before: &Rule<'_>, after: &Rule<'_>) {
    match (before.admits_users(), after.admits_users()) {
        (false, false) => return,
        (false, true) => return findings.widens(place, "users are admitted now"),
        (true, false) => return findings.narrows(place, "users are no longer admitted"),
        (true, true) => {}
    }
    match (before.roles.is_empty(), after.roles.is_empty()) {
        (true, true) => {}
        (false, true) => findings.widens(place, "asks for no role any more"),
        (true, false) => findings.narrows(place, "asks for a role now"),
        (false, false) => {
            let roles = Names::compare(before.roles.clone(), after.roles.clone());
            for role in roles.new {
                findings.widens(place, format!("admits the role `{role}`"));
            }
            for role in roles.gone {
                findings.narrows(place, format!("no longer admits the role `{role}`"));
            }
        }
    }
}

fn compare_applications(findings: &mut Findings, place: &str, before: &Rule<'_>, after: &Rule<'_>) {
    let roles = Names::compare(before.applications.clone(), after.applications.clone());
    for role in roles.new {
        findings.widens(place, format!("admits applications with `{role}`"));
    }
    for role in roles.gone {
        findings.narrows(
            place,
            format!("no longer admits applications with `{role}`"),
        );
    }
}

/// Compares what the answers of the matrix do not show: one of several scopes, and what the handler checks by itself.
pub(super) fn compare_unseen(
    findings: &mut Findings,
    place: &str,
    before: &Rule<'_>,
    after: &Rule<'_>,
) {
    if before.admits_users() && after.admits_users() {
        let scopes = Names::compare(before.scopes.clone(), after.scopes.clone());
        for scope in scopes.gone {
            findings.widens(place, format!("no longer asks for the scope `{scope}`"));
        }
        for scope in scopes.new {
            findings.narrows(place, format!("asks for the scope `{scope}`"));
        }
    }
    if before.context != after.context {
        if !before.context.is_empty() {
            let context = before.context;
            findings.widens(
                place,
                format!("no longer asks for the authentication context `{context}`"),
            );
        }
        if !after.context.is_empty() {
            let context = after.context;
            findings.narrows(
                place,
                format!("asks for the authentication context `{context}`"),
            );
        }
    }
    if before.also != after.also {
        if !before.also.is_empty() {
            findings.widens(
                place,
                format!("the handler no longer checks: {}", before.also),
            );
        }
        if !after.also.is_empty() {
            findings.narrows(place, format!("the handler also checks: {}", after.also));
        }
    }
}
