//! Answers that did not come from the API: who gave them, and what to switch off.
//!
//! Every answer of the API carries `x-correlation-id`: the one that was sent, unless something on the way replaces it. An
//! answer without one is somebody else's. A rate limit in front may write one of its own, as the shipped nginx does in its
//! 429; the API's 429 has a `RateLimit` header too. The rest of this file only finds a name for whoever answered.

use url::Url;

use super::answer::Answer;
use super::ledger::Finding;
use super::target::{self, Target};

const PLATFORM_FIX: &str = "switch platform authentication off, the API authenticates by itself: Container Apps, \
     Authentication, Delete (`az containerapp auth update -n <app> -g <group> --enabled false`); App Service: `az webapp auth update --enabled false`";

/// Finds out who answered, when it was not the API.
pub(super) fn recognise(answer: &Answer, target: &Target) -> Option<Finding> {
    if let Some(correlation_id) = answer.header("x-correlation-id") {
        let is_api = correlation_id == answer.sent_id
            || answer.status != 429
            || answer.headers.contains_key("ratelimit");
        return (!is_api).then(by_rate_limit);
    }
    let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(4096)]);
    Some(
        by_platform_authentication(answer)
            .or_else(|| by_redirect(answer, target))
            .or_else(|| by_gateway(answer, &body))
            .unwrap_or_else(|| by_somebody(answer)),
    )
}

/// A 429 that has a correlation id, but not the one that was sent.
fn by_rate_limit() -> Finding {
    Finding::failed(
        "429 with another correlation id than was sent: from a rate limit in front of the API",
        "wait, or let this address through; its log knows the request, the API's does not",
    )
}

/// Container Apps and App Service authentication ("Easy Auth") stands in front of the API and signs callers in itself.
fn by_platform_authentication(answer: &Answer) -> Option<Finding> {
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let cookies = answer.headers.get_all("set-cookie").iter();
    let has_cookie = cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .any(|cookie| {
            cookie.starts_with("AppServiceAuthSession") || cookie.starts_with("RedirectCount")
        });
    let location = answer
        .header("location")
        .and_then(|text| Url::parse(text).ok());
    let is_sign_in = location.as_ref().is_some_and(|url| {
        let host = url.host_str().unwrap_or_default();
        let is_entra = [
            "login.microsoftonline.",
            "login.windows.net",
            "login.partner.microsoftonline.",
            "login.chinacloudapi.",
        ]
        .iter()
        .any(|start| host.starts_with(start));
        is_entra || host.ends_with(".ciamlogin.com")
    });
    let is_relative_sign_in = answer
        .header("location")
        .is_some_and(|text| text.contains("/.auth/login"));
    let is_told = answer.headers.contains_key("x-ms-middleware-request-id")
        || challenge.contains("authorization_uri=")
        || has_cookie;
    let how = match answer.status {
        300..=399 if is_sign_in || is_relative_sign_in => "a redirect to a sign-in page",
        401 | 403 if is_told => "a refusal by the platform",
        _ => return None,
    };
    Some(Finding::failed(
        format!(
            "{} from platform authentication (Easy Auth) in front of the API: {how}",
            answer.status
        ),
        PLATFORM_FIX,
    ))
}

fn by_redirect(answer: &Answer, target: &Target) -> Option<Finding> {
    if !(300..400).contains(&answer.status) {
        return None;
    }
    let location = target.url("/").join(answer.header("location")?).ok()?;
    let to = location.origin().ascii_serialization();
    if !target::is_plain(&to) {
        return Some(Finding::failed(
            format!(
                "{} redirect to an address with unusual characters, not followed",
                answer.status
            ),
            "the address is not repeated here; ask whoever runs what stands in front of the API",
        ));
    }
    let fix = match target.is_origin_of(&location) {
        true => "the API redirects nowhere: ask whoever runs what stands in front of it".to_owned(),
        false => format!("if that is the deployment, give its address: --url {to}"),
    };
    Some(Finding::failed(
        format!("{} redirect to {to}, not followed", answer.status),
        fix,
    ))
}

/// Proxies and gateways say so in a page of their own.
fn by_gateway(answer: &Answer, body: &str) -> Option<Finding> {
    let server = answer
        .header("server")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let text = body.to_ascii_lowercase();
    let who = [
        ("nginx", "nginx"),
        ("envoy", "Envoy"),
        (
            "microsoft-azure-application-gateway",
            "Azure Application Gateway",
        ),
        ("cloudflare", "Cloudflare"),
        ("azure container apps", "the ingress of Container Apps"),
    ]
    .into_iter()
    .find(|(mark, _)| server.contains(mark) || text.contains(mark))
    .map(|(_, who)| who)
    .or_else(|| {
        let is_envoy =
            text.contains("upstream connect error") || text.contains("no healthy upstream");
        is_envoy.then_some("Envoy, which is the ingress of Container Apps too")
    })
    .or_else(|| {
        answer
            .headers
            .contains_key("x-azure-ref")
            .then_some("Azure Front Door")
    })
    .or_else(|| {
        text.contains("container app is stopped or does not exist")
            .then_some("the ingress of Container Apps")
    });
    let fix = match (answer.status, who) {
        (502..=504, _) => {
            "it does not reach the service: look whether a replica runs and is ready, and whether the target port is that of server.bind"
        }
        (404, Some(_)) => {
            "it knows no route to the service: compare host, path and target, and whether a revision is active"
        }
        (401 | 403, Some(_)) => {
            "it refuses on its own: look at its access rules and web application firewall"
        }
        (429, Some(_)) => "its rate limit refused the test: wait, or let this address through",
        (_, Some(_)) => "ask whoever runs it: the API was not reached",
        (_, None) => return None,
    };
    let who = who.unwrap_or("a proxy");
    Some(Finding::failed(
        format!("{} from {who}, not from the API", answer.describe()),
        fix,
    ))
}

fn by_somebody(answer: &Answer) -> Finding {
    Finding::failed(
        format!(
            "{} without x-correlation-id: not from the API",
            answer.describe()
        ),
        "compare the address; if it is right, something in front of the API answers for it or takes the header off",
    )
}

#[cfg(test)]
mod tests {
    use http::header::{HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let header = |(name, value): &(&str, &str)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        };
        Answer {
            status,
            headers: headers.iter().map(header).collect(),
            body: body.into(),
            sent_id: "smoke-1".to_owned(),
        }
    }

    /// Shapes as they are seen in front of real deployments.
    #[test]
    fn whoever_answers_for_the_api_is_named_with_what_to_switch_off() {
        let entra = "https://login.microsoftonline.com/common/oauth2/authorize?client_id=x";
        let nginx = "<html><head><title>502 Bad Gateway</title></head><hr><center>nginx/1.27</center></html>";
        let table: [(&str, Answer, &str, &str); 10] = [
            (
                "sign-in",
                answer(302, &[("location", entra)], ""),
                "Easy Auth",
                "--enabled false",
            ),
            (
                "sign-in path",
                answer(302, &[("location", "/.auth/login/aad?post=x")], ""),
                "Easy Auth",
                "--enabled false",
            ),
            (
                "refusal",
                answer(
                    401,
                    &[
                        ("x-ms-middleware-request-id", "1"),
                        ("content-type", "text/html"),
                    ],
                    "<html>",
                ),
                "Easy Auth",
                "--enabled false",
            ),
            (
                "challenge",
                answer(
                    401,
                    &[(
                        "www-authenticate",
                        "Bearer realm=\"x\" authorization_uri=\"https://login.windows.net/t/oauth2/authorize\"",
                    )],
                    "",
                ),
                "Easy Auth",
                "--enabled false",
            ),
            (
                "nginx",
                answer(
                    502,
                    &[("server", "nginx"), ("content-type", "text/html")],
                    nginx,
                ),
                "nginx",
                "target port",
            ),
            (
                "envoy",
                answer(503, &[("server", "envoy")], "no healthy upstream"),
                "Envoy",
                "target port",
            ),
            (
                "plain 503",
                answer(
                    503,
                    &[],
                    "upstream connect error or disconnect/reset before headers",
                ),
                "Envoy",
                "target port",
            ),
            (
                "stopped",
                answer(
                    404,
                    &[("content-type", "text/html")],
                    "Error 404 - This Container App is stopped or does not exist.",
                ),
                "Container Apps",
                "revision",
            ),
            (
                "https",
                answer(308, &[("location", "https://api.contoso.com/health")], ""),
                "redirect to https://api.contoso.com",
                "--url https://api.contoso.com",
            ),
            (
                "somebody",
                answer(200, &[("content-type", "application/json")], "{}"),
                "without x-correlation-id",
                "address",
            ),
        ];
        let target = Target::parse("http://api.contoso.com").unwrap();
        for (name, answer, found, fix) in table {
            let finding = recognise(&answer, &target).unwrap();
            assert!(finding.found.contains(found), "{name}: {}", finding.found);
            let told = finding.fix.unwrap_or_default();
            assert!(told.contains(fix), "{name}: {told}");
        }
    }

    #[test]
    fn an_answer_of_the_api_is_not_taken_for_another() {
        let target = Target::parse("https://api.contoso.com").unwrap();
        // A proxy in front adds its name to every answer.
        let ours = [
            ("x-correlation-id", "smoke-1"),
            ("server", "nginx"),
            ("x-azure-ref", "2"),
        ];
        for status in [200, 401, 403, 429, 503] {
            assert!(recognise(&answer(status, &ours, "{}"), &target).is_none());
        }
        // One that replaces the correlation id does not become the author of the answer.
        let replaced = [("x-correlation-id", "1"), ("ratelimit", "\"caller\";r=0")];
        for status in [200, 429, 503] {
            assert!(recognise(&answer(status, &replaced, "{}"), &target).is_none());
        }
    }

    /// The shipped nginx writes its own request id into its 429.
    #[test]
    fn a_429_with_another_correlation_id_is_a_rate_limit_in_front() {
        let target = Target::parse("https://api.contoso.com").unwrap();
        let headers = [("x-correlation-id", "8f1d"), ("retry-after", "1")];
        let finding = recognise(&answer(429, &headers, "{}"), &target).unwrap();
        assert!(
            finding.found.contains("in front of the API"),
            "{}",
            finding.found
        );
    }

    /// The attack: a host that becomes a command in the line that is offered for pasting.
    #[test]
    fn a_redirect_cannot_put_shell_text_into_a_line_to_paste() {
        let target = Target::parse("https://api.contoso.com").unwrap();
        for location in [
            "https://x$(id).example/",
            "https://x`id`.example/",
            "https://x;id;.example/",
        ] {
            let finding = recognise(&answer(302, &[("location", location)], ""), &target).unwrap();
            let told = format!("{} {}", finding.found, finding.fix.unwrap_or_default());
            assert!(
                told.contains("302") && !told.contains("id"),
                "{location}: {told}"
            );
        }
    }
}
