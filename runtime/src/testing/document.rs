//! `assert_openapi`: the document of no deployment in particular, against a file.

use std::path::Path;

use portcullis_api_spec::openapi;

use super::test_api::Service;
use crate::{cli, document};

#[track_caller]
pub(super) fn check(service: &Service, file: &str) {
    let settings = document::of_no_deployment(&service.facts);
    let document = match document::build(&settings, &service.vocabulary, &service.operations) {
        Ok(document) => document,
        Err(error) => panic!("the endpoints cannot be described: {error}"),
    };
    let path = Path::new(file);
    let is_yaml = path
        .extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml");
    let (command, text) = match is_yaml {
        true => ("openapi --format yaml", openapi::render_yaml(&document)),
        false => ("openapi", openapi::render_json(&document)),
    };
    if let Err(message) = cli::check_drift(command, &text, path) {
        panic!("{message}");
    }
}
