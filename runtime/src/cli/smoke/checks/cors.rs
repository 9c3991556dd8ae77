//! CORS preflights: an origin that is not configured gets nothing, a frontend that is named gets through.

use reqwest::Method;

use super::super::answer::Answer;
use super::super::ledger::{Checked, Finding};
use super::super::probe::{Probe, Question};

/// Origins that no deployment allows. `null` is what sandboxed frames and files send: whoever allows it allows everybody.
const STRANGERS: [&str; 2] = ["https://smoke-test.invalid", "null"];

pub(in super::super) async fn check_refused(probe: &Probe, path: &str) -> Checked<()> {
    for origin in STRANGERS {
        let answer = preflight(probe, path, origin).await?;
        if let Some(allowed) = answer.header("access-control-allow-origin") {
            let allowed = allowed.to_owned();
            return Err(Finding::failed(
                format!(
                    "the origin {origin} is allowed ({allowed}): pages of strangers can read answers"
                ),
                "name the frontends of this environment in cors.allowed_origins, without wildcards; if it does so already, the ingress adds the header: switch its CORS off",
            ));
        }
    }
    Ok((
        Finding::passed(format!("{} get no permission", STRANGERS.join(" and "))),
        (),
    ))
}

pub(in super::super) async fn check_allowed(
    probe: &Probe,
    path: &str,
    origin: &str,
) -> Checked<()> {
    let answer = preflight(probe, path, origin).await?;
    let header = |name: &str| answer.header(name).unwrap_or_default().to_ascii_lowercase();
    if answer.header("access-control-allow-origin") != Some(origin) {
        return Err(Finding::failed(
            format!("{origin} gets no permission ({})", answer.status),
            format!("add {origin} to cors.allowed_origins of this environment"),
        ));
    }
    let headers = header("access-control-allow-headers");
    let has_authorization = headers
        .split(',')
        .any(|name| name.trim() == "authorization");
    if !answer.is_success() || !has_authorization {
        return Err(Finding::failed(
            format!("{origin} may ask, but not with a token ({})", answer.status),
            "the ingress answers the preflight in place of the API: switch its CORS off",
        ));
    }
    if header("access-control-allow-credentials") == "true" {
        return Err(Finding::warned(
            format!("{origin} may send cookies, which the API does not use"),
            "the ingress adds access-control-allow-credentials: switch its CORS off",
        ));
    }
    Ok((
        Finding::passed(format!("{origin} may ask, with a token")),
        (),
    ))
}

async fn preflight(probe: &Probe, path: &str, origin: &str) -> Result<Answer, Finding> {
    let mut question = Question::get(path)
        .with_header("origin", origin)
        .with_header("access-control-request-method", "GET")
        .with_header("access-control-request-headers", "authorization");
    question.method = Method::OPTIONS;
    probe.ask(question).await
}
