//! Anything that a client may write into `X-Forwarded-For`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::check_forwarded_for;

fuzz_target!(|sent: &[u8]| check_forwarded_for(sent));
