//! Duties 3 and 5: required claims, their types, times, and the audience.

use super::*;

#[test]
fn required_claims_must_be_there() {
    for name in ["exp", "nbf", "iss", "aud", "tid", "oid", "ver"] {
        let mut claims = user();
        claims.as_object_mut().unwrap().remove(name);
        let expected = Err(Reason::ClaimMissing(name));
        assert_eq!(outcome(judge(&claims)), expected, "{name}");
    }
    let claims = with(user(), json!({ "-scp": null, "-roles": null }));
    assert_eq!(outcome(judge(&claims)), Err(Reason::IdTokenNotAccessToken));
}

#[test]
fn optional_claims_may_be_absent_and_unknown_ones_may_have_any_shape() {
    let absent = json!({ "-azp": null, "-uti": null, "-iat": null, "-sub": null, "-roles": null });
    assert_eq!(outcome(judge(&with(user(), absent))), Ok(()));
    let unknown = json!({
        "xms_act_fct": 1, "xms_par_app_azp": [null], "groups": "not a list", "wids": { "a": [1.5e300, -1] },
        "": "", "name": 7, "email": false, "\u{0}": null,
    });
    assert_eq!(outcome(judge(&with(user(), unknown))), Ok(()));
}

#[test]
fn a_claim_of_another_type_is_refused_and_never_converted() {
    let not_strings = [
        json!(null),
        json!(true),
        json!(1),
        json!(["x"]),
        json!({"x": 1}),
    ];
    let strings = [
        "iss", "aud", "tid", "oid", "ver", "scp", "sub", "azp", "appid", "uti", "idtyp",
    ];
    for name in strings {
        for value in &not_strings {
            let claims = with(user(), json!({ name: value }));
            let expected = Err(Reason::ClaimMistyped(name));
            assert_eq!(outcome(judge(&claims)), expected, "{name} {value}");
        }
    }
    for name in ["iss", "aud", "tid", "oid", "ver", "scp"] {
        let claims = with(user(), json!({ name: [user()[name]] }));
        let expected = Err(Reason::ClaimMistyped(name));
        assert_eq!(outcome(judge(&claims)), expected, "{name} in a list");
    }
}

#[test]
fn a_time_is_whole_seconds_since_1970_and_nothing_else() {
    let wrong = [
        "null",
        "true",
        "\"1800003600\"",
        "1800003600.0",
        "1800003600.5",
        "1.8000036e9",
        "-1",
        "-0",
        "[1800003600]",
        "{}",
        "1800003600000",
        "18446744073709551615",
        "99999999999999999999",
        "1e300",
    ];
    for name in ["exp", "nbf", "iat"] {
        for value in wrong {
            let mut claims = user();
            claims.as_object_mut().unwrap().remove(name);
            let member = format!(r#"{{"{name}":{value},"#);
            let text = claims.to_string().replacen('{', &member, 1);
            let result = judge_text(&text, |_| {}, &KEY_A.jwk(), None);
            assert_eq!(
                outcome(result),
                Err(Reason::ClaimMistyped(name)),
                "{name} {value}"
            );
        }
    }
}

#[test]
fn times_are_compared_with_the_clock_and_with_each_other() {
    // The skew is 60 seconds.
    let past = |exp: u64| json!({"exp": exp, "nbf": NOW - 100, "iat": NOW - 100});
    let contradict = Err(Reason::TimesContradict);
    let table = [
        ("ends now", json!({"exp": NOW}), Ok(())),
        ("ended 59 s ago", past(NOW - 59), Ok(())),
        ("ended 60 s ago", past(NOW - 60), Err(Reason::TokenExpired)),
        (
            "ended in 1970",
            json!({"exp": 1, "nbf": 0, "iat": 0}),
            Err(Reason::TokenExpired),
        ),
        (
            "exp 0",
            json!({"exp": 0, "nbf": 0, "iat": 0}),
            Err(Reason::TokenExpired),
        ),
        ("begins in 60 s", json!({"nbf": NOW + 60}), Ok(())),
        (
            "begins in 61 s",
            json!({"nbf": NOW + 61}),
            Err(Reason::TokenNotYetValid),
        ),
        ("issued in 60 s", json!({"iat": NOW + 60}), Ok(())),
        (
            "issued in 61 s",
            json!({"iat": NOW + 61}),
            Err(Reason::IssuedInFuture),
        ),
        (
            "issued far in the future",
            json!({"iat": NOW + 3599}),
            Err(Reason::IssuedInFuture),
        ),
        (
            "issued after its end",
            json!({"iat": NOW + 3601}),
            contradict,
        ),
        (
            "begins after its end",
            json!({"exp": NOW + 10, "nbf": NOW + 20}),
            contradict,
        ),
        (
            "begins at its end",
            json!({"exp": NOW + 10, "nbf": NOW + 10}),
            contradict,
        ),
    ];
    for (name, changes, expected) in table {
        assert_eq!(outcome(judge(&with(user(), changes))), expected, "{name}");
    }
}

#[test]
fn the_audience_is_one_string_equal_to_ours_byte_for_byte() {
    let id = CLIENT.to_string();
    let no = Reason::AudienceNotAccepted;
    let graph = Reason::TokenForMicrosoftGraph;
    let table = [
        ("client id", id.clone(), Ok(())),
        ("App ID URI", format!("api://{id}"), Ok(())),
        ("upper case", id.to_uppercase(), Err(no)),
        ("leading space", format!(" {id}"), Err(no)),
        ("trailing space", format!("{id} "), Err(no)),
        ("trailing line break", format!("{id}\n"), Err(no)),
        ("trailing zero", format!("{id}\0"), Err(no)),
        ("trailing slash", format!("api://{id}/"), Err(no)),
        ("upper case scheme", format!("API://{id}"), Err(no)),
        (
            "URI with a scope",
            format!("api://{id}/user_impersonation"),
            Err(no),
        ),
        ("prefix", id[..35].to_owned(), Err(no)),
        ("braces", format!("{{{id}}}"), Err(no)),
        ("no hyphens", id.replace('-', ""), Err(no)),
        ("two in one", format!("{id} other"), Err(no)),
        ("empty", String::new(), Err(no)),
        ("another", TENANT.to_string(), Err(no)),
        (
            "managed identity",
            MANAGED_IDENTITY.to_string(),
            Err(Reason::AudienceIsManagedIdentity),
        ),
        (
            "Graph by id",
            "00000003-0000-0000-c000-000000000000".into(),
            Err(graph),
        ),
        (
            "Graph by URL",
            "https://graph.microsoft.com/".into(),
            Err(graph),
        ),
        (
            "Azure",
            "https://management.core.windows.net/".into(),
            Err(Reason::TokenForAzureManagement),
        ),
    ];
    for (name, audience, expected) in table {
        let claims = with(user(), json!({ "aud": audience }));
        assert_eq!(outcome(judge(&claims)), expected, "{name}");
    }
}

#[test]
fn guids_have_one_spelling() {
    for (name, value) in [("oid", OBJECT.to_owned()), ("tid", TENANT.to_string())] {
        let spellings = [
            value.to_uppercase(),
            format!("{{{value}}}"),
            format!("urn:uuid:{value}"),
            value.replace('-', ""),
            format!(" {value}"),
            format!("{value}\n"),
            value[..35].to_owned(),
            "00000000-0000-0000-0000-000000000000".to_owned(),
            "common".to_owned(),
            String::new(),
        ];
        for spelling in spellings {
            let claims = with(user(), json!({ name: spelling }));
            let expected = Err(Reason::ClaimMistyped(name));
            assert_eq!(outcome(judge(&claims)), expected, "{name} {spelling:?}");
        }
    }
}
