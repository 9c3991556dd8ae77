//! Swagger UI's own files, as its publisher releases them: npm's `swagger-ui-dist`, of the version that
//! `tests/browser/package.json` names. Its index page and its initializer are ours (`page/`).
//!
//! They stand in `vendored/` and not in a crate, because a crate unpacks them with a dozen others that are built for that
//! (decision 0059). To update, copy the files of a newer release there, and name its version: `tests/run browser` compares
//! what the service answers with the release, byte by byte.

use bytes::Bytes;

use super::file::{Cached, File};

/// Every file that the page and the sign-in window load: its route, its content type, and what it holds.
const FILES: [(&str, &str, &[u8]); 6] = [
    (
        "/docs/swagger-ui.css",
        "text/css",
        include_bytes!("vendored/swagger-ui.css"),
    ),
    (
        "/docs/swagger-ui-bundle.js",
        "text/javascript",
        include_bytes!("vendored/swagger-ui-bundle.js"),
    ),
    (
        "/docs/oauth2-redirect.html",
        "text/html",
        include_bytes!("vendored/oauth2-redirect.html"),
    ),
    (
        "/docs/oauth2-redirect.js",
        "text/javascript",
        include_bytes!("vendored/oauth2-redirect.js"),
    ),
    (
        "/docs/favicon-16x16.png",
        "image/png",
        include_bytes!("vendored/favicon-16x16.png"),
    ),
    (
        "/docs/favicon-32x32.png",
        "image/png",
        include_bytes!("vendored/favicon-32x32.png"),
    ),
];

/// Takes the files out of the binary.
pub(super) fn files() -> impl Iterator<Item = File> {
    FILES.into_iter().map(|(path, content_type, body)| File {
        path,
        content_type,
        body: Bytes::from_static(body),
        cached: Cached::Hour,
    })
}
