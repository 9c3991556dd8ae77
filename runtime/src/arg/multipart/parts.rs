//! A form, cut into its parts.

use std::convert::Infallible;

use axum::body::Bytes;
use futures::stream;
use http::{HeaderMap, header};
use portcullis_api_spec::MULTIPART;

use super::upload::MAX_CONTENT_TYPE;
use super::{NOT_MULTIPART, TOO_MANY_PARTS};
use crate::arg::body;
use crate::arg::form::BROKEN_FORM;
use crate::file_name;
use crate::problem::Problem;

/// Most parts of one form.
const MAX_PARTS: usize = 100;

/// The parts of a form by name, in the order in which each name came first.
pub(super) struct Parts {
    fields: Vec<(String, Vec<Part>)>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Whether the client said that this is a file.
    pub(super) is_file: bool,
    /// What it calls the file, without folders.
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) bytes: Bytes,
}

impl Parts {
    /// Cuts a form at its boundary.
    ///
    /// # Errors
    /// 400 `malformed_form` and 413 `too_many_parts`.
    pub(super) async fn cut(bytes: Bytes, boundary: String) -> Result<Self, Problem> {
        let stream = stream::iter([Ok::<_, Infallible>(bytes)]);
        let mut multipart = multer::Multipart::new(stream, boundary);
        let mut parts = Self { fields: Vec::new() };
        let mut count = 0;
        while let Some(field) = multipart.next_field().await.map_err(malformed)? {
            count += 1;
            if count > MAX_PARTS {
                let detail = format!("it may have {MAX_PARTS}");
                return Err(Problem::new(TOO_MANY_PARTS).with_detail(detail));
            }
            let Some(name) = field.name().map(str::to_owned) else {
                return Err(Problem::new(BROKEN_FORM).with_detail("a part has no name"));
            };
            let given_name = field.file_name().map(str::to_owned);
            let content_type = field.content_type().map(ToString::to_string);
            let bytes = field.bytes().await.map_err(malformed)?;
            // What a browser sends for a file input in which nothing was chosen.
            if given_name.as_deref() == Some("") && bytes.is_empty() {
                continue;
            }
            parts.add(
                name,
                Part {
                    is_file: given_name.is_some(),
                    file_name: given_name.as_deref().and_then(file_name::base_name),
                    content_type: content_type.filter(|it| it.len() <= MAX_CONTENT_TYPE),
                    bytes,
                },
            );
        }
        Ok(parts)
    }

    fn add(&mut self, name: String, part: Part) {
        match self.fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, parts)) => parts.push(part),
            None => self.fields.push((name, vec![part])),
        }
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &[Part])> {
        let fields = self.fields.iter();
        fields.map(|(name, parts)| (name.as_str(), parts.as_slice()))
    }
}

/// The boundary between the parts.
///
/// # Errors
/// 415 for another media type, 400 without a boundary.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String, Problem> {
    body::check_media_type(headers, MULTIPART, NOT_MULTIPART)?;
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    multer::parse_boundary(content_type.unwrap_or_default()).map_err(malformed)
}

fn malformed(error: multer::Error) -> Problem {
    Problem::new(BROKEN_FORM).with_detail(error.to_string())
}
