//! Any body of an MCP request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::check_envelope;

fuzz_target!(|body: &[u8]| check_envelope(body));
