//! Widgets: the handlers.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use super::widget_types::{Widget, WidgetInput, WidgetPage, WidgetQuery};
use crate::problem::{self, Problem};
use crate::store::AppState;
use crate::view::View;

/// Why a widget could not be shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum WidgetProblem {
    /// It does not exist.
    #[error("no widget {0}")]
    WidgetNotFound(u64),
    /// It is no longer sold, and so final.
    #[error("widget {0} is no longer sold")]
    WidgetRetired(u64),
    /// It has no name.
    #[error("the widget has no name")]
    WidgetNameMissing,
}

impl IntoResponse for WidgetProblem {
    fn into_response(self) -> Response {
        match self {
            WidgetProblem::WidgetNotFound(_) => problem::answer(
                StatusCode::NOT_FOUND,
                "widget_not_found",
                "There is no such widget",
            ),
            WidgetProblem::WidgetRetired(_) => problem::answer(
                StatusCode::CONFLICT,
                "widget_retired",
                "A widget that is no longer sold stays as it is",
            ),
            WidgetProblem::WidgetNameMissing => problem::answer(
                StatusCode::UNPROCESSABLE_ENTITY,
                "widget_name_missing",
                "A widget needs a name",
            ),
        }
    }
}

/// List widgets by number.
///
/// All conditions given must hold.
#[utoipa::path(
    get,
    path = "/widgets",
    tag = "widgets",
    params(WidgetQuery),
    responses(
        (status = 200, description = "Done", body = WidgetPage),
        (status = 401, description = "The caller is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not do this", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The request is not valid", body = Problem, content_type = "application/problem+json"),
    ),
    security(("entra" = ["user_impersonation"])),
)]
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
#[utoipa::path(
    get,
    path = "/widgets/{id}",
    tag = "widgets",
    params(("id" = u64, Path, description = "Number of the widget"), View),
    responses(
        (status = 200, description = "Done", body = Widget),
        (status = 401, description = "The caller is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not do this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such widget", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The request is not valid", body = Problem, content_type = "application/problem+json"),
    ),
    security(("entra" = ["user_impersonation"])),
)]
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
#[utoipa::path(
    post,
    path = "/widgets",
    tag = "widgets",
    request_body = WidgetInput,
    responses(
        (status = 201, description = "Done", body = Widget, headers(("Location" = String, description = "Path of what was created"))),
        (status = 400, description = "The request is malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The caller is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not do this", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The request is not valid", body = Problem, content_type = "application/problem+json"),
    ),
    security(("entra" = ["user_impersonation"])),
)]
pub async fn create_widget(
    State(state): State<AppState>,
    Json(input): Json<WidgetInput>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Widget>), WidgetProblem> {
    if input.name.trim().is_empty() {
        return Err(WidgetProblem::WidgetNameMissing);
    }
    let id = state.next_id("widgets").await;
    let widget = Widget::create(id, input);
    state.write("widgets", id, widget.clone()).await;
    let location = format!("/api/v1/widgets/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(widget),
    ))
}

/// Replace what is said about a widget.
///
/// One that is no longer sold stays as it is.
#[utoipa::path(
    put,
    path = "/widgets/{id}",
    tag = "widgets",
    params(("id" = u64, Path, description = "Number of the widget")),
    request_body = WidgetInput,
    responses(
        (status = 200, description = "Done", body = Widget),
        (status = 400, description = "The request is malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The caller is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not do this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such widget", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A widget that is no longer sold stays as it is", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The request is not valid", body = Problem, content_type = "application/problem+json"),
    ),
    security(("entra" = ["user_impersonation"])),
)]
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
#[utoipa::path(
    delete,
    path = "/widgets/{id}",
    tag = "widgets",
    params(("id" = u64, Path, description = "Number of the widget")),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "The caller is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not do this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such widget", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The request is not valid", body = Problem, content_type = "application/problem+json"),
    ),
    security(("entra" = ["user_impersonation"])),
)]
pub async fn delete_widget(
    State(state): State<AppState>,
    Path(id): Path<u64>,
) -> Result<StatusCode, WidgetProblem> {
    match state.delete("widgets", id).await {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(WidgetProblem::WidgetNotFound(id)),
    }
}

/// The routes of widgets.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_widgets, create_widget))
        .routes(routes!(get_widget, update_widget, delete_widget))
}
