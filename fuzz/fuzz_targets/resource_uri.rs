//! Any URI of `resources/read`: it leads to the operation of its resource or to nothing.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portcullis::testing::properties::ResourceReader;

thread_local! {
    static READER: LazyLock<ResourceReader> = LazyLock::new(ResourceReader::new);
}

fuzz_target!(|uri: &[u8]| READER.with(|it| it.check(uri)));
