//! `assert_openapi`: the document of no deployment in particular, against a file.

use std::path::Path;

use super::test_api::Service;
use crate::{cli, document};

#[track_caller]
pub(super) fn check(service: &Service, file: &str) {
    let settings = document::of_no_deployment(&service.facts);
    let document = match document::build(&settings, &service.vocabulary, &service.operations) {
        Ok(document) => document,
        Err(error) => panic!("the endpoints cannot be described: {error}"),
    };
    if let Err(message) = cli::check_document(&document, Path::new(file)) {
        panic!("{message}");
    }
}
