//! A dozen reports: drafts and published ones, by the dev issuer's analyst and by two colleagues.

use jiff::Timestamp;
use uuid::{Uuid, uuid};

use crate::reports::{Author, Report, ReportId, ReportStatus};

/// Object id of the account `Analyst` that the dev issuer offers, so that whoever signs in as it owns drafts.
const ANALYST: Uuid = uuid!("f23b9ba6-364f-878d-a1d8-e51cc5dfc669");
const ENERGY_DESK: Uuid = uuid!("2f4b7c1e-93d5-4a60-8f0e-5c1d7a9b3e01");
const RATES_DESK: Uuid = uuid!("8a6d0e57-1c3f-4b29-a7e4-0d9f2c6b5a02");

/// One example.
struct Example {
    number: u128,
    author: Uuid,
    symbol: &'static str,
    created_at: &'static str,
    /// `None` leaves it a draft.
    published_at: Option<&'static str>,
    title: &'static str,
    body: &'static str,
}

/// Every example, as it is stored.
pub(super) fn all(tenant_id: Uuid) -> Vec<Report> {
    let examples = EXAMPLES.iter();
    examples.map(|example| example.report(tenant_id)).collect()
}

impl Example {
    fn report(&self, tenant_id: Uuid) -> Report {
        let created_at = time(self.created_at);
        let published_at = self.published_at.map(time);
        Report {
            // Version 8 is for ids of one's own making (RFC 9562 section 5.8).
            id: ReportId::from_uuid(Uuid::from_u128(
                0x7265_706f_7274_8000_8000_0000_0000_0000 + self.number,
            )),
            symbol: self.symbol.parse().expect("seeded symbols are symbols"),
            title: self.title.to_owned(),
            body: self.body.to_owned(),
            status: match published_at {
                Some(_) => ReportStatus::Published,
                None => ReportStatus::Draft,
            },
            author: Author {
                tenant_id,
                object_id: self.author,
            },
            version: 1 + i64::from(published_at.is_some()),
            created_at,
            updated_at: published_at.unwrap_or(created_at),
            published_at,
        }
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("seeded times are times")
}

const EXAMPLES: [Example; 12] = [
    Example {
        number: 1,
        author: ANALYST,
        symbol: "ALPN",
        created_at: "2025-03-11T08:20:00Z",
        published_at: Some("2025-03-12T06:30:00Z"),
        title: "Alpine Dairy: feed costs turn",
        body: "# Feed costs turn\n\nFeed fell for the third month while shelf prices held. \
               We see **140 basis points** of gross margin by year end.\n\n\
               - Contracted milk: 78 % of volume\n- Hedged energy: until March\n",
    },
    Example {
        number: 2,
        author: ANALYST,
        symbol: "CRDN",
        created_at: "2025-05-06T13:05:00Z",
        published_at: Some("2025-05-07T06:30:00Z"),
        title: "Corridor Semiconductors: orders ahead of capacity",
        body: "# Orders ahead of capacity\n\nThe book-to-bill ratio stood at 1.3 again. \
               The second line opens in autumn; until then revenue is limited by what can be made, not by what can be sold.\n",
    },
    Example {
        number: 3,
        author: ENERGY_DESK,
        symbol: "EMBR",
        created_at: "2025-06-24T09:45:00Z",
        published_at: Some("2025-06-24T15:00:00Z"),
        title: "Ember Grid: the regulator's draft is milder than feared",
        body: "# Milder than feared\n\nThe draft keeps the allowed return at 5.1 %. \
               The market had priced 4.6 %. Consultation ends in September.\n",
    },
    Example {
        number: 4,
        author: RATES_DESK,
        symbol: "GLT10",
        created_at: "2025-08-19T07:10:00Z",
        published_at: Some("2025-08-19T11:00:00Z"),
        title: "Gilt Ten Year Fund: duration without drama",
        body: "# Duration without drama\n\nThe fund shortened duration to 7.9 years before the auction, \
               and gave up little carry for it.\n",
    },
    Example {
        number: 5,
        author: ANALYST,
        symbol: "HRBR",
        created_at: "2025-10-02T10:00:00Z",
        published_at: Some("2025-10-03T06:30:00Z"),
        title: "Harbour Insurance: a quiet hurricane season",
        body: "# A quiet season\n\nNo landfall above category 2 so far. If that holds, the combined ratio ends near 91 %, \
               and the buyback goes on.\n",
    },
    Example {
        number: 6,
        author: ENERGY_DESK,
        symbol: "DLTA",
        created_at: "2025-11-18T14:30:00Z",
        published_at: Some("2025-11-20T06:30:00Z"),
        title: "Delta Water Works: what leaks costs",
        body: "# What leaks costs\n\nLosses fell from 19 % to 17 % of what is pumped. Each point is worth \
               4 million a year at current energy prices.\n",
    },
    Example {
        number: 7,
        author: ANALYST,
        symbol: "BLT.B",
        created_at: "2026-01-15T08:00:00Z",
        published_at: Some("2026-01-15T16:45:00Z"),
        title: "Baltic Lines: two ships fewer, same revenue",
        body: "# Two ships fewer\n\nUtilisation rose to 88 % after the sale of the two oldest ferries. \
               The winter timetable keeps it there.\n",
    },
    Example {
        number: 8,
        author: RATES_DESK,
        symbol: "FLD500",
        created_at: "2026-03-03T09:15:00Z",
        published_at: Some("2026-03-03T12:00:00Z"),
        title: "Field Large Companies Fund: ten names, a third of the weight",
        body: "# Ten names\n\nConcentration is back where it was two years ago: the ten largest holdings are 34 % of the fund. \
               We compare it with the equal-weighted index.\n",
    },
    Example {
        number: 9,
        author: ANALYST,
        symbol: "CRDN",
        created_at: "2026-05-12T11:40:00Z",
        published_at: None,
        title: "Corridor Semiconductors: the second line, one year on",
        body: "# The second line\n\nDraft. Yield figures are missing; ask the company before this goes out.\n",
    },
    Example {
        number: 10,
        author: ANALYST,
        symbol: "ALPN",
        created_at: "2026-06-09T07:55:00Z",
        published_at: None,
        title: "Alpine Dairy: what oat milk did not do",
        body: "# What oat milk did not do\n\nDraft. Volumes by category to follow.\n",
    },
    Example {
        number: 11,
        author: ENERGY_DESK,
        symbol: "EMBR",
        created_at: "2026-06-16T13:20:00Z",
        published_at: None,
        title: "Ember Grid: reading the final determination",
        body: "# The final determination\n\nDraft. Embargoed until the regulator publishes.\n",
    },
    Example {
        number: 12,
        author: RATES_DESK,
        symbol: "GLT10",
        created_at: "2026-06-23T08:35:00Z",
        published_at: None,
        title: "Gilt Ten Year Fund: before the summer auctions",
        body: "# Before the auctions\n\nDraft. Compare with last August.\n",
    },
];
