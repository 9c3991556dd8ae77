//! Speaks HTTP to an issuer on a free port, as a browser, a single-page application and a service do.

#[path = "issuer/applications.rs"]
mod applications;
#[path = "issuer/browser.rs"]
mod browser;
#[path = "issuer/discovery.rs"]
mod discovery;
#[expect(
    clippy::unwrap_used,
    reason = "what a test sets up either works or fails the test"
)]
#[path = "issuer/native.rs"]
mod native;
#[path = "issuer/on_behalf_of.rs"]
mod on_behalf_of;
#[path = "issuer/sign_in.rs"]
mod sign_in;
#[expect(
    clippy::unwrap_used,
    reason = "what a test sets up either works or fails the test"
)]
#[path = "issuer/tenant.rs"]
mod tenant;
#[path = "issuer/test_aids.rs"]
mod test_aids;
