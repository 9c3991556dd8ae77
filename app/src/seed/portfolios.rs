//! Two portfolios of the dev issuer's portfolio manager.

use jiff::Timestamp;
use uuid::{Uuid, uuid};

use crate::person::Person;
use crate::portfolios::{Portfolio, PortfolioId, Position};

/// Object id of the account `PM` that the dev issuer offers, so that whoever signs in as it may change these.
const MANAGER: Uuid = uuid!("0880951f-e2ab-8be9-9aa0-7330559ff956");

/// Every example, as it is stored.
pub(super) fn all(tenant_id: Uuid) -> Vec<Portfolio> {
    EXAMPLES.iter().map(|it| it.portfolio(tenant_id)).collect()
}

/// One example.
struct Example {
    number: u128,
    name: &'static str,
    currency: &'static str,
    created_at: &'static str,
    positions: &'static [(&'static str, u32)],
}

impl Example {
    fn portfolio(&self, tenant_id: Uuid) -> Portfolio {
        let created_at: Timestamp = self.created_at.parse().expect("seeded times are times");
        let positions = self.positions.iter().map(|(symbol, quantity)| Position {
            symbol: symbol.parse().expect("seeded symbols are symbols"),
            quantity: (*quantity)
                .try_into()
                .expect("seeded quantities are in range"),
        });
        Portfolio {
            // Version 8 is for ids of one's own making (RFC 9562 section 5.8).
            id: PortfolioId::from_uuid(Uuid::from_u128(
                0x706f_7274_666f_8000_8000_0000_0000_0000 + self.number,
            )),
            name: self.name.parse().expect("seeded names are names"),
            currency: self.currency.parse().expect("seeded currencies are codes"),
            manager: Person {
                tenant_id,
                object_id: MANAGER,
            },
            positions: positions.collect(),
            version: 1,
            created_at,
            updated_at: created_at,
        }
    }
}

const EXAMPLES: [Example; 2] = [
    Example {
        number: 1,
        name: "Growth in dollars",
        currency: "USD",
        created_at: "2025-02-03T09:00:00Z",
        positions: &[("CRDN", 1_200), ("FLD500", 350), ("HRBR", 2_000)],
    },
    Example {
        number: 2,
        name: "Income in sterling",
        currency: "GBP",
        created_at: "2025-04-14T09:30:00Z",
        positions: &[("EMBR", 15_000), ("GLT10", 4_000)],
    },
];
