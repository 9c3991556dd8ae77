//! Any value of `Authorization`: nobody gets in, and every answer is a listed one.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::Validator;

thread_local! {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(Validator::new);
}

fuzz_target!(|value: &[u8]| VALIDATOR.with(|it| it.check_authorization(value)));
