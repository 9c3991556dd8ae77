//! PC10, settings that nothing reads. The layers themselves record it, where the position is known.

use super::{EVERYWHERE, Rule, RuleId};

pub(super) const PC10: Rule = Rule {
    id: RuleId::Pc10,
    title: "a key, variable or table that nothing reads",
    why: "A misspelt setting would silently leave the default in force",
    fix: "use the suggested name; a key with a name of its own (`AZURE_TENANT_ID`) has no second variable",
    environments: EVERYWHERE,
    outcome: "error for files, flags and variables of the form `APP_X__Y`; warning for other `APP_*` and `OTEL_EXPORTER_OTLP_*` variables",
    check: |_| Vec::new(),
};
