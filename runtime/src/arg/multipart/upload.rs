//! `Upload`: one file of a form.

use std::borrow::Cow;
use std::fmt;

use axum::body::Bytes;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::arg::field::too_large;
use crate::file_name;

/// By this name the reader of a form knows that a file is wanted, where any other format would give a list.
pub(in crate::arg) const UPLOAD: &str = "$portcullis::Upload";

/// Longest media type that is kept, in bytes.
pub(super) const MAX_CONTENT_TYPE: usize = 128;

/// A file of a [`Multipart`](super::Multipart) form, of at most `MAX_BYTES` bytes.
///
/// `server.body_limit` bounds the whole form, so it must be larger than the files that are wanted.
///
/// # Security
/// Its name and media type are what the client says. Look at the bytes before you believe either, and never make a path
/// of the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload<const MAX_BYTES: usize> {
    file_name: Option<String>,
    content_type: Option<String>,
    bytes: Bytes,
}

impl<const MAX_BYTES: usize> Upload<MAX_BYTES> {
    /// What the client calls it: without folders and control characters, at most 100 characters.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The media type that the client gives, at most 128 bytes.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// What is in it.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What is in it, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl<const MAX_BYTES: usize> fmt::Debug for Upload<MAX_BYTES> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("length", &self.bytes.len())
            .finish()
    }
}

impl<'de, const MAX_BYTES: usize> Deserialize<'de> for Upload<MAX_BYTES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The length tells the reader of a form how large the file may be.
        deserializer.deserialize_tuple_struct(UPLOAD, MAX_BYTES, UploadVisitor::<MAX_BYTES>)
    }
}

struct UploadVisitor<const MAX_BYTES: usize>;

impl<'de, const MAX_BYTES: usize> Visitor<'de> for UploadVisitor<MAX_BYTES> {
    type Value = Upload<MAX_BYTES>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a file of a multipart/form-data form")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut file: A) -> Result<Self::Value, A::Error> {
        let mut next = || file.next_element::<Option<Cow<'de, str>>>();
        let [mark, file_name, content_type] = [next()?, next()?, next()?].map(Option::flatten);
        if mark.as_deref() != Some(UPLOAD) {
            return Err(Error::custom(
                "a file comes in a multipart/form-data form only",
            ));
        }
        let bytes: Option<Vec<u8>> = file.next_element_seed(ByteSeed)?;
        let upload = Upload {
            file_name: file_name.map(Cow::into_owned),
            content_type: content_type.map(Cow::into_owned),
            bytes: bytes.unwrap_or_default().into(),
        };
        upload.check().map_err(Error::custom)?;
        Ok(upload)
    }
}

impl<const MAX_BYTES: usize> Upload<MAX_BYTES> {
    /// Checks what every upload promises. Any list can begin with the mark, such as one in JSON: only this stands against
    /// a file that is larger than its type says, or whose name leads elsewhere.
    fn check(&self) -> Result<(), String> {
        if self.bytes.len() > MAX_BYTES {
            return Err(too_large(MAX_BYTES));
        }
        let file_name = self.file_name();
        if file_name.and_then(file_name::base_name).as_deref() != file_name {
            return Err("the name of a file has no folders and no control characters".to_owned());
        }
        if self
            .content_type()
            .is_some_and(|it| it.len() > MAX_CONTENT_TYPE)
        {
            return Err(format!("a media type may have {MAX_CONTENT_TYPE} bytes"));
        }
        Ok(())
    }
}

/// Takes bytes as a whole, where `Vec<u8>` would ask for a list of numbers.
struct ByteSeed;

impl<'de> serde::de::DeserializeSeed<'de> for ByteSeed {
    type Value = Vec<u8>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_byte_buf(ByteSeed)
    }
}

impl Visitor<'_> for ByteSeed {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

impl<const MAX_BYTES: usize> PartialSchema for Upload<MAX_BYTES> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .content_media_type("application/octet-stream")
            .max_length(Some(MAX_BYTES))
            .into()
    }
}

impl<const MAX_BYTES: usize> ToSchema for Upload<MAX_BYTES> {
    fn name() -> Cow<'static, str> {
        // Files of two sizes are two schemas.
        Cow::Owned(format!("Upload{MAX_BYTES}"))
    }
}
