//! What the bytes of a reply are.

use portcullis_api_spec::check_media_type;

/// A media type that is known from a Rust type.
///
/// # Examples
/// ```
/// use portcullis::MediaType;
///
/// /// A workbook of Excel.
/// pub enum Xlsx {}
///
/// impl MediaType for Xlsx {
///     const NAME: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// }
/// ```
///
/// A name that is none does not compile, where a reply of the type is made:
/// ```compile_fail
/// enum Csv {}
///
/// impl portcullis::MediaType for Csv {
///     const NAME: &str = "csv";
/// }
///
/// let _ = portcullis::File::<Csv>::new("a,b");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no media type",
    note = "use one of `portcullis::media`, or write `impl portcullis::MediaType for {Self} {{ const NAME: &str = \"type/subtype\"; }}`"
)]
pub trait MediaType {
    /// `type/subtype` in lower case, without parameters. `text/..` is sent as UTF-8.
    const NAME: &'static str;

    /// Whether the name is one, asked while the application is compiled.
    #[doc(hidden)]
    const IS_CHECKED: () = check_media_type(Self::NAME);
}

/// Media types that many applications answer with.
pub mod media {
    use super::MediaType;

    macro_rules! media_types {
        ($($(#[$doc:meta])* $name:ident: $media_type:literal;)*) => { $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl MediaType for $name {
                const NAME: &'static str = $media_type;
            }
        )* };
    }

    media_types! {
        /// Text without form.
        PlainText: "text/plain";
        /// Comma-separated values (RFC 4180).
        Csv: "text/csv";
        /// Markdown (RFC 7763).
        Markdown: "text/markdown";
        /// A PDF document.
        Pdf: "application/pdf";
        /// A PNG image.
        Png: "image/png";
        /// A JPEG image.
        Jpeg: "image/jpeg";
        /// A ZIP archive.
        Zip: "application/zip";
        /// Bytes of which nothing is known.
        OctetStream: "application/octet-stream";
    }
}
