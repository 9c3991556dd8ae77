//! Any claims that the tenant's key has signed.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::Validator;

thread_local! {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(Validator::new);
}

fuzz_target!(|claims: &[u8]| VALIDATOR.with(|it| it.check_signed_claims(claims)));
