//! The annotations of Portcullis: `#[endpoint]`, `endpoints![]`, `api!`, and the derives.
//!
//! An annotation goes through `input` (as written) -> `check` (every mistake at once) -> `model` (without mistakes)
//! -> `expand` (tokens); after a mistake through `fallback`. What names and paths may look like, and which types can
//! be arguments, is not decided here: `check` asks the grammar, the emitted code the vocabulary crate and the compiler.
//!
//! Applications do not name this crate; `portcullis` re-exports it.

mod api;
mod check;
mod doc;
#[cfg(test)]
mod documented;
mod endpoint;
mod endpoints;
mod errors;
mod expand;
#[cfg(test)]
mod expansions;
mod fallback;
mod input;
mod model;
mod path_params;
mod problem;
mod scalar;
mod settings;
mod similar;
mod snake_case;
mod vocabulary;
mod written_type;

use proc_macro::TokenStream;

/// Makes an endpoint of an `async fn`: a guarded route, its OpenAPI operation, and an MCP tool, resource or prompt if it
/// says so.
///
/// ```text
/// /// Fetch one report.
/// ///
/// /// Drafts are visible to their author only.
/// #[endpoint(get, "/reports/{id}", roles(Analyst, Pm), scopes(UserImpersonation), mcp)]
/// pub async fn get_report(State(db): State<Db>, Path(id): Path<ReportId>) -> Result<Json<Report>, ReportProblem> { .. }
/// ```
///
/// The first paragraph of the doc comment is the operation's summary, the rest its description; both also go to
/// models. The function stays an ordinary function. Register it with [`endpoints!`].
///
/// # First the method and the path
/// `get`, `post`, `put`, `patch` or `delete`, then the path in quotes. A parameter is a whole segment,
/// `{snake_case}`; one `Path<..>` argument takes all of them, a tuple when there are several.
///
/// # Then who may call it
/// There is no default. Either a combination of
/// - `roles(A, B)`: a user must hold any one of these roles;
/// - `scopes(X, Y)`: a user's token must carry all of these scopes;
/// - `applications(A)`: callers without a user that hold any one of these app roles are admitted too; without this
///   word they are refused, and alone it refuses users;
/// - `context("c1")`, beside `roles` or `scopes`: a user must have signed in as this authentication context of Conditional
///   Access demands, such as with a second factor; a client that can is asked to sign the user in again;
///
/// or one of
/// - `signed_in`: any verified caller, user or application;
/// - `public("reason")`: anyone; the reason stands in the access matrix.
///
/// Roles and scopes are variants of the enums that `portcullis::api!` names.
///
/// # Then what else there is to say
/// - `also("only the author")`: what the handler checks beyond the rule; shown in the document and in the matrix;
/// - `mcp`, `mcp(name = "find_report")`: it is also a tool, under the function's name or another;
/// - `mcp(hide = ["limit"])`: the tool leaves these inputs out, by their names in the request; only what the operation
///   does without can be hidden, and a call that names it is refused like one that names an unknown input; a `prompt` of the same
///   operation leaves them out too;
/// - `resource("desk://reports/{id}", listed_by = list_reports)`: a `get` that MCP clients read by URI. Every parameter of the
///   path stands in the URI, as a whole segment. `listed_by` names the endpoint that lists what can be read, asked as the same
///   caller; its items have a property for each parameter. Without parameters it is listed by itself;
/// - `prompt`, `prompt(name = "review")`: a `get` that returns `portcullis::Prompt` is also an MCP prompt; its path and query
///   parameters are the arguments;
/// - `root`: mounted at `/` instead of `/api/v1`;
/// - `status = 201`: the status of success, where it is not the reply type's own;
/// - `tag = "Reports"`: the group in the document, where it is not the first segment of the path;
/// - `deprecated`: callers should move away from it.
///
/// # The function
/// `async`, without generics, `self` or references. Arguments are `portcullis::{Json, Path, Query, Header, State,
/// Caller}`, or types that implement `portcullis::Arg`; only the last may read the body. It returns a
/// `portcullis::Reply`. The guard runs before any argument is read.
#[proc_macro_attribute]
pub fn endpoint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::expand(attribute.into(), item.into()).into()
}

/// Registers endpoints: `endpoints![health, reports::get_report]`.
///
/// Takes the names of functions that `#[endpoint]` stands on, and makes what `Api::endpoints` takes. Does not compile
/// when two of them share method and path, an operation id, a tool or prompt name or a resource, or when two paths differ only in the name
/// of a parameter. An endpoint that no list names is reported as dead code in a binary.
#[proc_macro]
pub fn endpoints(list: TokenStream) -> TokenStream {
    endpoints::expand(list.into()).into()
}

/// What `portcullis::api!` calls, with the path of `portcullis` in front.
#[doc(hidden)]
#[proc_macro]
pub fn api_impl(input: TokenStream) -> TokenStream {
    api::expand(input.into()).into()
}

/// Declares the internal roles of an application: each variant is one.
///
/// ```text
/// #[derive(Clone, Copy, Roles)]
/// pub enum Role {
///     /// Publishes research reports.
///     Analyst,
///     #[role("PM")]
///     Pm,
///     #[role(applications)]
///     Ingest,
/// }
/// ```
///
/// The name in a token's `roles` claim is the variant's, or what `#[role("Name")]` says. Users can be assigned a role
/// unless it says `#[role(applications)]`; both can with `#[role(users, applications)]`. A name and these words can
/// stand in one attribute. The doc comment becomes the description in Entra.
#[proc_macro_derive(Roles, attributes(role))]
pub fn roles(item: TokenStream) -> TokenStream {
    vocabulary::derive(vocabulary::Kind::Roles, item.into()).into()
}

/// Declares the scopes (delegated permissions) of an application: each variant is one.
///
/// ```text
/// #[derive(Clone, Copy, Scopes)]
/// pub enum Scope {
///     /// Use the research desk as the signed-in user.
///     UserImpersonation,
///     #[scope("Reports.Read")]
///     ReadReports,
/// }
/// ```
///
/// The name in a token's `scp` claim is the variant's in snake_case (`user_impersonation`), or what
/// `#[scope("name")]` says. The doc comment is what Entra shows on the consent page.
#[proc_macro_derive(Scopes, attributes(scope))]
pub fn scopes(item: TokenStream) -> TokenStream {
    vocabulary::derive(vocabulary::Kind::Scopes, item.into()).into()
}

/// Makes a newtype a domain type: its bounds are written once, and both described and checked from that.
///
/// ```text
/// /// The symbol of an instrument.
/// #[derive(Debug, Clone, PartialEq, Eq, Scalar)]
/// #[scalar(max_length = 12, pattern = "^[A-Z0-9.]*[A-Z0-9][A-Z0-9.]*$", example = "ALPN")]
/// pub struct Symbol(String);
///
/// /// How many shares are held.
/// #[derive(Debug, Clone, Copy, PartialEq, Scalar)]
/// #[scalar(minimum = 1, maximum = 1_000_000)]
/// pub struct Quantity(u32);
/// ```
///
/// It wraps `String`, `bool`, an integer of up to 64 bits, `f64`, `uuid::Uuid`, `jiff::civil::Date` or
/// `jiff::Timestamp`, and can stand in a body, a query, a form and a path. A value outside its bounds is answered with
/// 422, with a pointer for each fault.
///
/// # Words
/// - of text: `min_length`, `max_length` (in characters), `pattern` (a regular expression, checked here), `format` (a
///   name for readers);
/// - of numbers: `minimum`, `maximum`, `exclusive_minimum`, `exclusive_maximum`;
/// - `example`: shown in the document; one of text must match the pattern, and one out of the other bounds stops the start;
/// - `header = "x-request-source"`: can be read with `Header<T>`;
/// - `name = ".."`: what the schema is called, where it is not the type's name.
///
/// Emits `get()`, `TryFrom` of what it wraps, `FromStr`, `Display`, `Serialize`, `Deserialize`, `ToSchema` and
/// `PathSegment`. There is no way to make a value that has not been checked, outside the module of the type.
#[proc_macro_derive(Scalar, attributes(scalar))]
pub fn scalar(item: TokenStream) -> TokenStream {
    scalar::derive(item.into()).into()
}

/// Makes a struct take path parameters by name: `Path<PageOf>` for `/reports/{id}/pages/{page}`.
///
/// ```text
/// #[derive(Deserialize, PathParams)]
/// pub struct PageOf {
///     /// Identifies the report.
///     id: ReportId,
///     /// Counts from one.
///     page: u16,
/// }
/// ```
///
/// The names of the fields are those of the template, in any order; both are compared while the application is compiled.
/// Each field is a `portcullis::PathSegment`, its doc comment the parameter's description.
#[proc_macro_derive(PathParams)]
pub fn path_params(item: TokenStream) -> TokenStream {
    path_params::derive(item.into()).into()
}

/// Makes a struct an application's own section of configuration: each field is the key `app.<field>`.
///
/// ```text
/// #[derive(Settings)]
/// pub struct DeskSettings {
///     /// Where the data is kept: `sqlite://..` or `postgres://..`.
///     #[setting(secret, refreshable)]
///     pub database_url: String,
///     /// How many valuations are computed at once.
///     #[setting(default = 8, min = 1, max = 64)]
///     pub computing: u32,
///     /// How long a price feed is waited for.
///     #[setting(default = "30s", min = "1s", max = "10min")]
///     pub feed_timeout: Duration,
///     /// Where prices come from. Unset: from nowhere.
///     pub feed_url: Option<Url>,
/// }
/// ```
///
/// Hand it to `Stateless::settings::<DeskSettings>()`, and read it with `Start::settings`. A key has a variable
/// (`APP_APP__<FIELD>`), stands in the schema, the reference and `config explain` with the doc comment as its meaning, and
/// what is wrong with its value is told with everything else that is wrong, before anything starts.
///
/// # Types
/// `String`, `bool`, `u16`, `u32`, `u64`, `usize`, `Duration`, `Url`, `Uuid`, `SocketAddr`, `Vec<String>`,
/// `BTreeMap<String, String>`, and `Option` of each. A field that is no `Option` and has no default must be set.
///
/// # Words
/// - `default`: the value when no layer sets one, as an operator writes it;
/// - `min`, `max`: of whole numbers, and of durations (`"500ms"`, `"30s"`, `"5min"`, `"1h"`);
/// - `check`: a function of the application, `fn(&str) -> Result<(), String>`, that says why a text is no value, with nothing secret in what it says; of text;
/// - `secret`: never shown, never in a file; of text;
/// - `refreshable`: the application takes a new value while it runs, with `Start::follow`; of text.
#[proc_macro_derive(Settings, attributes(setting))]
pub fn settings(item: TokenStream) -> TokenStream {
    settings::derive(item.into()).into()
}

/// Makes an error enum answer with problems (RFC 9457): each variant says which, and lands in the document.
///
/// ```text
/// #[derive(Debug, thiserror::Error, Problem)]
/// pub enum ReportProblem {
///     #[error("no report {0}")]
///     #[problem(status = 404, title = "There is no such report")]
///     ReportNotFound(ReportId),
///     #[error("locked")]
///     #[problem(status = 409, code = "locked", title = "The report is locked", detail = "{holder} holds it")]
///     Locked { holder: String, #[source] cause: LockError },
///     #[error("invalid report")]
///     #[problem(status = 422, title = "The report is not valid")]
///     InvalidReport(#[problem(errors)] Faults),
///     #[error(transparent)]
///     #[problem(transparent)]
///     Instrument(#[from] InstrumentProblem),
///     #[error("the store failed")]
///     #[problem(internal)]
///     Store(#[from] StoreError),
/// }
/// ```
///
/// # A variant says one of
/// - `status = 404, title = ".."`: what it answers, and the same short sentence for every occurrence. `code = ".."` is
///   what clients branch on, the variant's name in snake_case unless said. `detail = ".."` is a sentence about this
///   occurrence: a format string over the fields, `{id}` or `{0}`;
/// - `transparent`: its one field is itself an error with problems, and answers;
/// - `internal`: 500, and no more is said. Every operation may answer so, hence it is not listed.
///
/// # A field may be
/// - `#[source]` or `#[from]`: the cause. It goes to the log, once, and never to the client. The log of an `internal`
///   variant has the error itself with all its causes;
/// - `#[problem(errors)]`: the faults of the request's content, each with a pointer; anything that is
///   `Into<Vec<portcullis::FieldError>>`.
///
/// Emits `portcullis::Problems`, `From<Self>` for `portcullis::Problem`, and `IntoResponse`.
#[proc_macro_derive(Problem, attributes(problem, source))]
pub fn problem(item: TokenStream) -> TokenStream {
    problem::derive(item.into()).into()
}
