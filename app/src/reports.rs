//! Research reports: drafts that their authors write, and published ones that everyone on the desk reads.
//!
//! The annotations say which roles come in. What they cannot say is decided here: a draft exists for its author and for
//! administrators only, and a report is changed by its author only.

mod manuscript;
mod markdown;
mod problem;
mod query;
mod report;
mod review;
pub(crate) mod store;

use portcullis::{
    Caller, Created, File, IfMatch, Json, NoContent, Page, Path, Problem, Query, State, Version,
    Versioned, endpoint, media,
};

pub use manuscript::ReportInput;
pub use problem::{CreateProblem, DeleteProblem, PublishProblem, ReportProblem, ReviseProblem};
pub(crate) use query::VisibleDrafts;
pub use query::{ReportCursor, ReportQuery, SearchText};
pub use report::{Author, Report, ReportId, ReportStatus, ReportSummary};
pub use review::{ReviewArguments, review_report};

use crate::faults::Faults;
use crate::instruments;
use crate::state::AppState;
use crate::store::{Store, StoreError};
use manuscript::Manuscript;
use store::Change;

/// List reports, newest first, without their text.
///
/// Drafts are listed to their author and to administrators only. All conditions given must hold.
#[endpoint(
    get,
    "/reports",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    also("drafts only to their author and Admin"),
    mcp
)]
pub async fn list_reports(
    caller: Caller,
    State(state): State<AppState>,
    Query(query): Query<ReportQuery>,
) -> Result<Page<ReportSummary>, StoreError> {
    let rows = store::list(&state.store, &query, VisibleDrafts::to(&caller)).await?;
    Ok(query.limit.page(rows, ReportSummary::place))
}

/// Fetch one report with its text.
///
/// Somebody else's draft is answered as if it did not exist. Send the `ETag` as `If-Match` to revise the report.
#[endpoint(
    get,
    "/reports/{id}",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    also("drafts only to their author and Admin"),
    mcp
)]
pub async fn get_report(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ReportId>,
) -> Result<Versioned<Json<Report>>, ReportProblem> {
    find_visible(&state.store, id, &caller).await.map(versioned)
}

/// Read a report as Markdown: its title, where it stands, and its text.
///
/// Somebody else's draft is answered as if it did not exist.
#[endpoint(
    get,
    "/reports/{id}/markdown",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    also("drafts only to their author and Admin"),
    resource("desk://reports/{id}", listed_by = list_reports)
)]
pub async fn get_report_markdown(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ReportId>,
) -> Result<File<media::Markdown>, ReportProblem> {
    let report = find_visible(&state.store, id, &caller).await?;
    let file = File::new(markdown::render(&report));
    Ok(file.named(format!("{}.md", report.title)))
}

/// Create a report as a draft.
///
/// The caller becomes its author. Nobody but the author and administrators sees it until it is published.
#[endpoint(post, "/reports", roles(Analyst), scopes(UserImpersonation), mcp)]
pub async fn create_report(
    caller: Caller,
    State(state): State<AppState>,
    Json(input): Json<ReportInput>,
) -> Result<Created<Versioned<Json<Report>>>, CreateProblem> {
    let manuscript = input.parse().map_err(CreateProblem::InvalidReport)?;
    if let Some(faults) = find_uncovered(&state.store, &manuscript).await? {
        return Err(CreateProblem::InvalidReport(faults));
    }
    let report = Report::draft(manuscript, (&caller).into(), state.clock.now());
    store::insert(&state.store, &report).await?;
    let location = format!("/api/v1/reports/{}", report.id);
    Ok(Created::at(location, versioned(report)))
}

/// Replace the symbol, the title and the text of a draft.
///
/// A published report stays as it is: what readers acted on can be looked up. Write another one instead.
///
/// Send the `ETag` of the version you have read as `If-Match`: when somebody was faster, nothing is overwritten and the
/// answer is 412.
#[endpoint(
    put,
    "/reports/{id}",
    roles(Analyst),
    scopes(UserImpersonation),
    also("only the author"),
    mcp
)]
pub async fn update_report(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ReportId>,
    if_match: IfMatch,
    Json(input): Json<ReportInput>,
) -> Result<Versioned<Json<Report>>, ReviseProblem> {
    let manuscript = input.parse().map_err(ReviseProblem::InvalidReport)?;
    // Ends: whoever outruns this change leaves a version that If-Match does not name.
    loop {
        let mut report = find_visible(&state.store, id, &caller).await?;
        if report.author != Author::from(&caller) {
            return Err(ReviseProblem::NotTheAuthor);
        }
        match report.status {
            ReportStatus::Draft => {}
            ReportStatus::Published => return Err(ReviseProblem::AlreadyPublished),
        }
        let current = Version(report.version);
        if_match.check(current).map_err(ReviseProblem::Changed)?;
        if let Some(faults) = find_uncovered(&state.store, &manuscript).await? {
            return Err(ReviseProblem::InvalidReport(faults));
        }
        let now = state.clock.now();
        match store::replace(&state.store, &mut report, manuscript.clone(), now).await? {
            Change::Stored => return Ok(versioned(report)),
            Change::Outrun => {}
        }
    }
}

/// Publish a draft, so that everyone on the desk reads it.
///
/// There is no way back to a draft, and the text can no longer be changed. Send the `ETag` of the version you have read as
/// `If-Match`, and no other one is published.
#[endpoint(
    post,
    "/reports/{id}/publish",
    roles(Analyst),
    scopes(UserImpersonation),
    also("only the author"),
    mcp
)]
pub async fn publish_report(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ReportId>,
    if_match: Option<IfMatch>,
) -> Result<Versioned<Json<Report>>, PublishProblem> {
    // Ends: a report is published or gone at the latest when its author stops revising it.
    loop {
        let mut report = find_visible(&state.store, id, &caller).await?;
        if report.author != Author::from(&caller) {
            return Err(PublishProblem::NotTheAuthor);
        }
        match report.status {
            ReportStatus::Draft => {}
            ReportStatus::Published => return Err(PublishProblem::AlreadyPublished),
        }
        check_version(if_match.as_ref(), &report).map_err(PublishProblem::Changed)?;
        match store::publish(&state.store, &mut report, state.clock.now()).await? {
            Change::Stored => return Ok(versioned(report)),
            Change::Outrun => {}
        }
    }
}

/// Delete a report, draft or published, for good.
///
/// Send the `ETag` of the version you have read as `If-Match`, and no other one is deleted.
#[endpoint(delete, "/reports/{id}", roles(Admin), scopes(UserImpersonation), mcp)]
pub async fn delete_report(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ReportId>,
    if_match: Option<IfMatch>,
) -> Result<NoContent, DeleteProblem> {
    // Ends: a report is deleted at the latest when nobody changes it any more.
    loop {
        let report = find_visible(&state.store, id, &caller).await?;
        check_version(if_match.as_ref(), &report).map_err(DeleteProblem::Changed)?;
        match store::delete(&state.store, id, report.version).await? {
            Change::Stored => return Ok(NoContent),
            Change::Outrun => {}
        }
    }
}

/// Checks that it is a version which the caller means, if he says so.
fn check_version(if_match: Option<&IfMatch>, report: &Report) -> Result<(), Problem> {
    if_match.map_or(Ok(()), |it| it.check(Version(report.version)))
}

async fn find_visible(
    store: &Store,
    id: ReportId,
    caller: &Caller,
) -> Result<Report, ReportProblem> {
    let found = store::find(store, id, VisibleDrafts::to(caller)).await?;
    found.ok_or(ReportProblem::ReportNotFound)
}

/// The fault of a manuscript whose instrument the desk does not cover.
async fn find_uncovered(
    store: &Store,
    manuscript: &Manuscript,
) -> Result<Option<Faults>, StoreError> {
    if instruments::store::find(store, &manuscript.symbol)
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let mut faults = Faults::default();
    faults.add("/symbol", "the desk does not cover this instrument");
    Ok(Some(faults))
}

fn versioned(report: Report) -> Versioned<Json<Report>> {
    Versioned {
        version: Version(report.version),
        reply: Json(report),
    }
}
