//! Widgets: the handlers.

use axum::extract::State;
use portcullis::{Created, Json, NoContent, Path, Problem, Query, endpoint};

pub use super::widget_types::{Widget, WidgetInput, WidgetPage, WidgetQuery};
use crate::store::AppState;
use crate::view::View;

/// Why a widget could not be shown or changed.
#[derive(Debug, thiserror::Error, Problem)]
pub enum WidgetProblem {
    /// It does not exist.
    #[error("no widget {0}")]
    #[problem(status = 404, title = "There is no such widget")]
    WidgetNotFound(u64),
    /// It is no longer sold, and so final.
    #[error("widget {0} is no longer sold")]
    #[problem(status = 409, title = "A widget that is no longer sold stays as it is")]
    WidgetRetired(u64),
    /// It has no name.
    #[error("the widget has no name")]
    #[problem(status = 422, title = "A widget needs a name")]
    WidgetNameMissing,
}

/// List widgets by number.
///
/// All conditions given must hold.
#[endpoint(get, "/widgets", roles(Reader, Editor, Admin), scopes(UserImpersonation), mcp)]
pub async fn list_widgets(
    State(state): State<AppState>,
    Query(query): Query<WidgetQuery>,
) -> Result<Json<WidgetPage>, WidgetProblem> {
    let limit = usize::from(query.limit.unwrap_or(20)).clamp(1, 100);
    let mut items: Vec<Widget> = state.list("widgets", query.after.unwrap_or(0)).await;
    if let Some(search) = &query.search {
        items.retain(|widget| widget.name.contains(search.as_str()));
    }
    let next = items.get(limit).map(|_| items[limit - 1].id);
    items.truncate(limit);
    Ok(Json(WidgetPage { items, next }))
}

/// Fetch one widget.
#[endpoint(get, "/widgets/{id}", roles(Reader, Editor, Admin), scopes(UserImpersonation), mcp)]
pub async fn get_widget(
    State(state): State<AppState>,
    Path(id): Path<u64>,
    Query(view): Query<View>,
) -> Result<Json<Widget>, WidgetProblem> {
    let found = state.find::<Widget>("widgets", id).await;
    let widget = found.ok_or(WidgetProblem::WidgetNotFound(id))?;
    match view.revision {
        Some(revision) if revision != widget.revision => Err(WidgetProblem::WidgetNotFound(id)),
        Some(_) | None => Ok(Json(widget)),
    }
}

/// Create a widget.
///
/// It is on sale at once.
#[endpoint(post, "/widgets", roles(Editor), scopes(UserImpersonation), mcp)]
pub async fn create_widget(
    State(state): State<AppState>,
    Json(input): Json<WidgetInput>,
) -> Result<Created<Json<Widget>>, WidgetProblem> {
    if input.name.trim().is_empty() {
        return Err(WidgetProblem::WidgetNameMissing);
    }
    let id = state.next_id("widgets").await;
    let widget = Widget::create(id, input);
    state.write("widgets", id, widget.clone()).await;
    let location = format!("/api/v1/widgets/{id}");
    Ok(Created::at(location, Json(widget)))
}

/// Replace what is said about a widget.
///
/// One that is no longer sold stays as it is.
#[endpoint(put, "/widgets/{id}", roles(Editor), scopes(UserImpersonation), mcp)]
pub async fn update_widget(
    State(state): State<AppState>,
    Path(id): Path<u64>,
    Json(input): Json<WidgetInput>,
) -> Result<Json<Widget>, WidgetProblem> {
    if input.name.trim().is_empty() {
        return Err(WidgetProblem::WidgetNameMissing);
    }
    let found = state.find::<Widget>("widgets", id).await;
    let present = found.ok_or(WidgetProblem::WidgetNotFound(id))?;
    if !present.is_on_sale {
        return Err(WidgetProblem::WidgetRetired(id));
    }
    let mut widget = Widget::create(id, input);
    widget.revision = present.revision + 1;
    state.write("widgets", id, widget.clone()).await;
    Ok(Json(widget))
}

/// Delete a widget for good.
#[endpoint(delete, "/widgets/{id}", roles(Admin), scopes(UserImpersonation), mcp)]
pub async fn delete_widget(
    State(state): State<AppState>,
    Path(id): Path<u64>,
) -> Result<NoContent, WidgetProblem> {
    match state.delete("widgets", id).await {
        true => Ok(NoContent),
        false => Err(WidgetProblem::WidgetNotFound(id)),
    }
}
