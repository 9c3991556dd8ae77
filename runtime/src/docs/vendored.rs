//! Swagger UI's own files, as its crate carries them. Its index page and its initializer are ours (`page/`).

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use utoipa_swagger_ui::Config;

use super::file::{Cached, File};

/// Route and name of every file that the page and the sign-in window load.
const FILES: [(&str, &str); 6] = [
    ("/docs/swagger-ui.css", "swagger-ui.css"),
    ("/docs/swagger-ui-bundle.js", "swagger-ui-bundle.js"),
    ("/docs/oauth2-redirect.html", "oauth2-redirect.html"),
    ("/docs/oauth2-redirect.js", "oauth2-redirect.js"),
    ("/docs/favicon-16x16.png", "favicon-16x16.png"),
    ("/docs/favicon-32x32.png", "favicon-32x32.png"),
];

/// Takes the files out of the crate.
pub(super) fn files() -> impl Iterator<Item = File> {
    let config = Arc::new(Config::default());
    FILES.into_iter().map(move |(path, name)| {
        let file = utoipa_swagger_ui::serve(name, Arc::clone(&config))
            .ok()
            .flatten()
            .expect("the crate was built with its files, and a test asks for each by name");
        let body = match file.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        File {
            path,
            content_type: file.content_type,
            body,
            cached: Cached::Hour,
        }
    })
}
