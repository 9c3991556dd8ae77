//! A service that calls another API on behalf of its caller. `tests/issuer` runs it against an issuer by another hand.

use std::process::ExitCode;

use portcullis::{
    Api, Caller, DownstreamApi, DownstreamError, Json, Settings, State, StateError, endpoint,
    endpoints,
};
use reqwest::header::AUTHORIZATION;

mod api {
    use portcullis::{Downstream, Roles, Scopes};

    #[derive(Clone)]
    pub(crate) struct AppState {
        pub(crate) billing: Downstream,
        pub(crate) billing_url: String,
        pub(crate) http: reqwest::Client,
    }

    #[derive(Clone, Copy, Roles)]
    pub(crate) enum Role {
        Viewer,
    }

    #[derive(Clone, Copy, Scopes)]
    pub(crate) enum Scope {
        UserImpersonation,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}
use api::AppState;

/// Fetch what the billing API says to the caller.
#[endpoint(get, "/invoices", signed_in, mcp)]
async fn get_invoices(
    caller: Caller,
    State(state): State<AppState>,
) -> Result<Json<String>, DownstreamError> {
    let token = state.billing.token_for(&caller).await?;
    let request = state.http.get(&state.billing_url);
    let answer = request.header(AUTHORIZATION, token.authorization()).send();
    let answer = answer.await.map_err(|_| DownstreamError::Unavailable)?;
    let text = answer.text().await;
    text.map(Json).map_err(|_| DownstreamError::Unavailable)
}

#[derive(Settings)]
struct InvoiceSettings {
    /// Where the billing API is.
    billing_url: String,
}

const DOWNSTREAM_APIS: &[DownstreamApi] = &[DownstreamApi {
    name: "billing",
    doc: "Scopes of the billing API, such as `api://billing/Invoices.Read`.",
}];

fn main() -> ExitCode {
    let api = Api::new("Invoices", "1.0.0")
        .endpoints(endpoints![get_invoices])
        .settings::<InvoiceSettings>()
        .downstream_apis(DOWNSTREAM_APIS)
        .state(async |start| {
            let http = reqwest::Client::builder().no_proxy().build();
            Ok(AppState {
                billing: start.downstream("billing")?,
                billing_url: start.settings::<InvoiceSettings>()?.billing_url,
                http: http.map_err(|error| StateError(error.to_string()))?,
            })
        });
    portcullis::cli::run(api)
}
