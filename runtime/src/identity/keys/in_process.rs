//! Documents that this process publishes itself, for the test kit: an issuer without a network.
//!
//! Only the bytes come from here. Issuer, origin and form of a document are checked as when they come from afar.

use std::sync::Arc;

use url::Url;

/// Answers a URL with the document that lies there.
#[derive(Clone)]
pub(crate) struct InProcessDocuments(Arc<Answer>);

type Answer = dyn Fn(&Url) -> Option<Vec<u8>> + Send + Sync;

impl InProcessDocuments {
    pub(crate) fn new(answer: impl Fn(&Url) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// The document; `None` where there is none.
    pub(super) fn read(&self, url: &Url) -> Option<Vec<u8>> {
        (self.0)(url)
    }
}
