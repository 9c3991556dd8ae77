//! One page of a list, as a reply.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use portcullis_api_spec::{JSON, Op, Success};
use serde::Serialize;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::cursor::cursor_schema;
use super::link::{MAX_LINK_LENGTH, NextCursor};
use crate::reply::Reply;
use crate::schema::HasSchema;

/// One page of a list: `{"items": [..], "next_cursor": ".." | null}`, and a `Link` to the next page (RFC 8288), unless
/// the query is so long that the link would pass 8192 bytes.
///
/// Made by [`Limit::page`](super::Limit::page); `MAX` is that limit's. The query struct calls its fields `limit` and
/// `cursor`.
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use portcullis::{Cursor, Limit, Page, Query, SortKey, endpoint};
///
/// /// Notes are sorted by number.
/// struct NoteKey(u32);
///
/// type NoteCursor = Cursor<NoteKey>;
///
/// impl SortKey for NoteKey {
///     fn render(&self) -> String {
///         self.0.to_string()
///     }
///     fn parse(text: &str) -> Option<Self> {
///         text.parse().ok().map(NoteKey)
///     }
/// }
///
/// #[derive(serde::Deserialize, utoipa::ToSchema)]
/// struct NoteQuery {
///     /// Largest number of notes on the page.
///     #[serde(default)]
///     limit: Limit<20, 100>,
///     /// `next_cursor` of the page before; without it, the first page.
///     cursor: Option<NoteCursor>,
/// }
///
/// #[derive(serde::Serialize, utoipa::ToSchema)]
/// struct Note {
///     number: u32,
/// }
///
/// /// List notes.
/// #[endpoint(get, "/notes", signed_in)]
/// async fn list_notes(Query(query): Query<NoteQuery>) -> Page<Note> {
///     let after = query.cursor.map_or(0, |Cursor(NoteKey(number))| number);
///     let rows = (after + 1..=50).take(query.limit.rows_to_read() as usize);
///     query.limit.page(rows.map(|number| Note { number }).collect(), |note| NoteKey(note.number))
/// }
/// # fn main() { let _ = portcullis::endpoints![list_notes]; }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T, const MAX: u16 = 100> {
    /// The items, at most `MAX`.
    pub items: Vec<T>,
    /// Where this page ended, when more follows.
    pub(super) next_cursor: Option<String>,
}

impl<T, const MAX: u16> Page<T, MAX> {
    /// A page that no other follows.
    #[must_use]
    pub fn last(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }

    /// What to send as `cursor` to get the next page; `None` on the last one.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

impl<T: Serialize, const MAX: u16> IntoResponse for Page<T, MAX> {
    fn into_response(self) -> Response {
        let mut response = axum::Json(&self).into_response();
        if let Some(cursor) = self.next_cursor {
            response.extensions_mut().insert(NextCursor(cursor));
        }
        response
    }
}

impl<T: Serialize + HasSchema, const MAX: u16> Reply for Page<T, MAX> {
    fn describe(op: &mut Op) {
        let schema = op.schema_of::<Self>();
        let link = HeaderBuilder::new()
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some("^<[^>]*>; rel=\"next\"$"))
                    .max_length(Some(MAX_LINK_LENGTH)),
            ))
            .description(Some(
                "The next page: `<path>; rel=\"next\"` (RFC 8288); absent on the last one, and where it would be longer than 8192 bytes: `next_cursor` in the body says the same.",
            ));
        op.success = Some(Success {
            status: 200,
            description: "One page; `next_cursor` or `Link` leads to the next.".to_owned(),
            content: Some((JSON, schema)),
            headers: [("Link", link.build())].into(),
        });
    }
}

impl<T: ToSchema, const MAX: u16> PartialSchema for Page<T, MAX> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .max_items(Some(usize::from(MAX)))
            .description(Some("What is on this page."));
        let next_cursor = cursor_schema()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some(
                "Send it as `cursor` to get the next page; `null` on the last one.",
            ));
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items)
            .required("items")
            .property("next_cursor", next_cursor)
            .required("next_cursor")
            .into()
    }
}

impl<T: ToSchema, const MAX: u16> ToSchema for Page<T, MAX> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
