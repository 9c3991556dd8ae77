//! Any header that the tenant's key has signed over good claims.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::Validator;

thread_local! {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(Validator::new);
}

fuzz_target!(|header: &[u8]| VALIDATOR.with(|it| it.check_signed_header(header)));
