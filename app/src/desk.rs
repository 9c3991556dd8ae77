//! The application as a whole: its endpoints, the configuration it ships, its settings and its state.

use portcullis::{Api, endpoints};

use crate::settings::DeskSettings;
use crate::state::AppState;
use crate::{audit, instruments, portfolios, reports, service, state, valuations};

const DESCRIPTION: &str = "\
Research reports on the instruments that the desk covers, their daily prices, and the portfolios that hold them.

Analysts write reports as drafts and publish them; viewers, portfolio managers and administrators read them. \
Portfolio managers keep portfolios, and have them valued. An application delivers prices. \
Administrators read who changed what.

Lists come in pages: send `next_cursor` back as `cursor`. Whoever changes a report sends the `ETag` of the version they have \
read as `If-Match`.";

/// What the groups of operations are about.
const TAGS: &[(&str, &str)] = &[
    ("service", "The service itself, and who is calling it."),
    (
        "instruments",
        "What the desk covers, and its closing prices.",
    ),
    (
        "reports",
        "Research that analysts write and the desk reads.",
    ),
    ("portfolios", "What portfolio managers hold."),
    (
        "valuations",
        "What portfolios are worth, and what they may lose.",
    ),
    (
        "prompts",
        "Beginnings of conversations with a model, filled from the desk.",
    ),
    ("audit", "Who called what, and what came of it."),
];

/// The layers of configuration that the binary carries.
const LAYERS: &[(&str, &str)] = &[
    ("default.toml", include_str!("../config/default.toml")),
    ("dev.toml", include_str!("../config/dev.toml")),
    ("test.toml", include_str!("../config/test.toml")),
    ("staging.toml", include_str!("../config/staging.toml")),
    ("uat.toml", include_str!("../config/uat.toml")),
    ("prod.toml", include_str!("../config/prod.toml")),
];

/// Builds the research desk, ready for [`portcullis::cli::run`].
#[must_use]
pub fn api() -> Api<AppState> {
    Api::new("Research desk", env!("CARGO_PKG_VERSION"))
        .endpoints(endpoints![
            service::health,
            service::get_me,
            instruments::list_instruments,
            instruments::get_instrument,
            instruments::list_prices,
            instruments::put_prices,
            reports::list_reports,
            reports::get_report,
            reports::get_report_markdown,
            reports::create_report,
            reports::update_report,
            reports::publish_report,
            reports::delete_report,
            reports::review_report,
            portfolios::list_portfolios,
            portfolios::get_portfolio,
            portfolios::create_portfolio,
            portfolios::put_position,
            valuations::value_portfolio,
            valuations::get_valuation,
            valuations::watch_valuation,
            valuations::explain_portfolio_risk,
            audit::list_audit,
        ])
        .description(DESCRIPTION)
        .license(env!("CARGO_PKG_LICENSE"))
        .tags(TAGS)
        .layers(LAYERS)
        .settings::<DeskSettings>()
        .record(audit::record)
        .state(state::build)
}
