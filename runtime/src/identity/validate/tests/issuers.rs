//! Duty 4: issuer, tenant, version, and the key's own issuer and cloud.

use super::*;

const OTHER_TENANT: &str = "a2222222-1111-4111-8111-111111111111";

fn accept_v1(config: &mut Config) {
    config.authentication.accept_v1_tokens = true;
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    let issuer = v2_issuer();
    let table = [
        ("trailing slash", format!("{issuer}/")),
        ("upper case host", issuer.replace("login", "LOGIN")),
        ("http", issuer.replace("https", "http")),
        (
            "another tenant",
            issuer.replace(&TENANT.to_string(), OTHER_TENANT),
        ),
        (
            "template",
            issuer.replace(&TENANT.to_string(), "{tenantid}"),
        ),
        ("common", issuer.replace(&TENANT.to_string(), "common")),
        ("default port", issuer.replace(".com/", ".com:443/")),
        ("space", format!("{issuer} ")),
        ("v1 by shape", V1_ISSUER.to_owned()),
        ("empty", String::new()),
        (
            "look-alike",
            issuer.replace("microsoftonline", "micros0ftonline"),
        ),
    ];
    for (name, wrong) in table {
        let result = outcome(judge(&with(user(), json!({ "iss": wrong }))));
        assert_eq!(result, Err(Reason::IssuerNotAccepted), "{name}");
    }
}

#[test]
fn the_tenant_must_be_ours_also_when_the_issuer_is() {
    let other = with(user(), json!({ "tid": OTHER_TENANT }));
    assert_eq!(outcome(judge(&other)), Err(Reason::TenantNotAccepted));
}

#[test]
fn the_version_must_agree_with_the_issuer() {
    for version in ["1.0", "2", "2.00", " 2.0", "3.0", ""] {
        let result = outcome(judge(&with(user(), json!({ "ver": version }))));
        assert_eq!(result, Err(Reason::VersionMismatch), "{version:?}");
    }
}

#[test]
fn v1_tokens_are_refused_by_name_unless_they_are_accepted() {
    let changes = json!({ "iss": V1_ISSUER, "ver": "1.0", "-azp": null, "appid": "old-client" });
    let v1 = with(user(), changes);
    assert_eq!(outcome(judge(&v1)), Err(Reason::TokenVersion1));
    let facts = judge_with(&v1, accept_v1, &KEY_A.jwk(), None).ok().unwrap();
    assert_eq!(facts.client_id.as_deref(), Some("old-client"));
    let v2 = judge_with(&user(), accept_v1, &KEY_A.jwk(), None);
    assert_eq!(outcome(v2), Ok(()));

    let without_slash = V1_ISSUER.trim_end_matches('/');
    let foreign = V1_ISSUER.replace(&TENANT.to_string(), OTHER_TENANT);
    let table = [
        (
            "v1 issuer, version 2",
            json!({ "ver": "2.0" }),
            Reason::VersionMismatch,
        ),
        (
            "v2 issuer, version 1",
            json!({ "iss": v2_issuer() }),
            Reason::VersionMismatch,
        ),
        (
            "without its slash",
            json!({ "iss": without_slash }),
            Reason::TokenVersion1,
        ),
        (
            "issuer of another tenant",
            json!({ "iss": foreign }),
            Reason::TokenVersion1,
        ),
        (
            "another tenant",
            json!({ "tid": OTHER_TENANT }),
            Reason::TenantNotAccepted,
        ),
    ];
    for (name, changes, expected) in table {
        let claims = with(v1.clone(), changes);
        let result = outcome(judge_with(&claims, accept_v1, &KEY_A.jwk(), None));
        assert_eq!(result, Err(expected), "{name}");
    }
}

fn key(issuer: Option<String>, cloud: Option<&str>) -> Value {
    let mut key = KEY_A.jwk();
    if let Some(issuer) = issuer {
        key["issuer"] = json!(issuer);
    }
    if let Some(cloud) = cloud {
        key["cloud_instance_name"] = json!(cloud);
    }
    key
}

#[test]
fn a_key_must_belong_to_the_issuer_and_cloud_of_the_token() {
    let template = |host: &str| Some(format!("https://{host}/{{tenantid}}/v2.0"));
    let of_tenant = |tenant: &str| Some(v2_issuer().replace(&TENANT.to_string(), tenant));
    let microsoft = "login.microsoftonline.com";
    let public = Some("microsoftonline.com");
    let china = Some("partner.microsoftonline.cn");
    let foreign_issuer = Err(Reason::SigningKeyOfAnotherIssuer);
    let foreign_cloud = Err(Reason::SigningKeyOfAnotherCloud);
    let table = [
        ("no issuer", key(None, None), None, Ok(())),
        (
            "the issuer itself",
            key(Some(v2_issuer()), None),
            None,
            Ok(()),
        ),
        ("a template", key(template(microsoft), None), None, Ok(())),
        (
            "another tenant's",
            key(of_tenant(OTHER_TENANT), None),
            None,
            foreign_issuer,
        ),
        (
            "another host's",
            key(template("login.evil.example"), None),
            None,
            foreign_issuer,
        ),
        (
            "empty",
            key(Some(String::new()), None),
            None,
            foreign_issuer,
        ),
        ("the same cloud", key(None, public), public, Ok(())),
        (
            "only the key names a cloud",
            key(None, public),
            None,
            Ok(()),
        ),
        (
            "only discovery names a cloud",
            key(None, None),
            public,
            Ok(()),
        ),
        ("another cloud", key(None, china), public, foreign_cloud),
    ];
    for (name, key, cloud, expected) in table {
        let result = outcome(judge_with(&user(), |_| {}, &key, cloud));
        assert_eq!(result, expected, "{name}");
    }
}

#[test]
fn a_v1_token_may_be_signed_by_a_key_of_the_v2_issuer() {
    let v1 = with(user(), json!({ "iss": V1_ISSUER, "ver": "1.0" }));
    let key = key(Some(v2_issuer()), None);
    assert_eq!(outcome(judge_with(&v1, accept_v1, &key, None)), Ok(()));
}
