//! A report as one Markdown text, for people and models who read it elsewhere.

use std::fmt::Write as _;

use super::report::{Report, ReportStatus};

/// The URI that MCP clients read a report by; the annotation of `get_report_markdown` has the template.
pub(super) fn uri_of(report: &Report) -> String {
    format!("desk://reports/{}", report.id)
}

/// Writes the title as a heading, a line about the report, and the text as its author wrote it.
pub(super) fn render(report: &Report) -> String {
    let standing = match (report.status, report.published_at) {
        (ReportStatus::Published, Some(at)) => format!("published {}", day_of(at)),
        (ReportStatus::Published, None) | (ReportStatus::Draft, _) => "draft".to_owned(),
    };
    let mut text = String::new();
    // A title is one line without control characters, so it cannot end the heading.
    let _ = write!(
        text,
        "# {}\n\n{} · {standing} · version {}\n\n{}",
        report.title,
        report.symbol.get(),
        report.version,
        report.body
    );
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn day_of(at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Author;
    use crate::reports::manuscript::Manuscript;
    use uuid::Uuid;

    fn report(body: &str) -> Report {
        let author = Author {
            tenant_id: Uuid::nil(),
            object_id: Uuid::nil(),
        };
        let manuscript = Manuscript {
            symbol: "ALPN".parse().unwrap(),
            title: "Milk prices turn".to_owned(),
            body: body.to_owned(),
        };
        Report::draft(manuscript, author, "2026-03-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_draft_says_that_it_is_one() {
        assert_eq!(
            render(&report("Feed costs fell.")),
            "# Milk prices turn\n\nALPN · draft · version 1\n\nFeed costs fell.\n"
        );
    }

    #[test]
    fn a_published_report_says_since_when() {
        let mut report = report("Feed costs fell.\n");
        report.status = ReportStatus::Published;
        report.published_at = Some("2026-03-02T23:30:00Z".parse().unwrap());
        report.version = 2;
        assert_eq!(
            render(&report),
            "# Milk prices turn\n\nALPN · published 2026-03-02 · version 2\n\nFeed costs fell.\n"
        );
    }
}
