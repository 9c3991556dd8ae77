//! Types that describe themselves: what each says to the document is what it does with a request.
#![deny(warnings)]
#![expect(
    clippy::unwrap_used,
    reason = "clippy lets tests unwrap, not the functions they share"
)]

mod api {
    use portcullis::{Roles, Scopes};

    #[derive(Clone, Copy, Roles)]
    pub(crate) enum Role {
        #[role(applications)]
        Batch,
    }

    #[derive(Clone, Copy, Scopes)]
    pub(crate) enum Scope {}

    portcullis::api! { state = (), roles = Role, scopes = Scope }
}

#[path = "self_describing/conditions.rs"]
mod conditions;
#[path = "self_describing/events.rs"]
mod events;
#[path = "self_describing/faults.rs"]
mod faults;
#[path = "self_describing/file.rs"]
mod file;
#[path = "self_describing/json_shapes.rs"]
mod json_shapes;
#[path = "self_describing/long_work.rs"]
mod long_work;
#[path = "self_describing/multipart.rs"]
mod multipart;
#[path = "self_describing/problem.rs"]
mod problem;
#[path = "self_describing/record.rs"]
mod record;
#[path = "self_describing/scalars.rs"]
mod scalars;
#[path = "self_describing/spellings.rs"]
mod spellings;
#[path = "self_describing/support.rs"]
mod support;
#[path = "self_describing/variants.rs"]
mod variants;
