use proptest::prelude::*;

use super::*;

const TEMPLATE: &str = "desk://reports/{id}/pages/{page}";

fn template() -> UriTemplate {
    UriTemplate::parse(TEMPLATE).unwrap()
}

fn read(uri: &str) -> Option<Vec<String>> {
    let values = template().read(uri)?;
    Some(values.into_iter().map(|(_, value)| value).collect())
}

fn write(id: &str, page: &str) -> Option<String> {
    template().write(|name| match name {
        "id" => Some(id.to_owned()),
        "page" => Some(page.to_owned()),
        _ => None,
    })
}

#[test]
fn a_value_is_decoded_once() {
    let rows = [
        ("desk://reports/7/pages/1", ["7", "1"]),
        ("desk://reports/a%20b/pages/%C3%A4", ["a b", "ä"]),
        ("desk://reports/%2541/pages/a+b", ["%41", "a+b"]),
        ("desk://reports/%252e%252E/pages/:@", ["%2e%2E", ":@"]),
        ("desk://reports/.../pages/~", ["...", "~"]),
    ];
    for (uri, values) in rows {
        assert_eq!(read(uri).unwrap(), values, "{uri}");
    }
}

#[test]
fn what_could_mean_another_place_is_no_uri_of_the_template() {
    for uri in [
        "",
        "desk",
        "desk://",
        "desk:reports/7/pages/1",
        "DESK://reports/7/pages/1",
        "desk://Reports/7/pages/1",
        "desk://REPORTS/7/pages/1",
        "desk://r%65ports/7/pages/1",
        "desk://reports//pages/1",
        "desk://reports/7/pages/",
        "desk://reports/7/pages/1/",
        "desk://reports/7/pages",
        "desk://reports/7/../7/pages/1",
        "desk://reports/./pages/1",
        "desk://reports/../pages/1",
        "desk://reports/%2e/pages/1",
        "desk://reports/%2E%2e/pages/1",
        "desk://reports/.%2e/pages/1",
        "desk://reports/a%2Fb/pages/1",
        "desk://reports/a%2fb/pages/1",
        "desk://reports/a%5cb/pages/1",
        "desk://reports/a\\b/pages/1",
        "desk://reports/%00/pages/1",
        "desk://reports/a%0ab/pages/1",
        "desk://reports/a%C2%85b/pages/1",
        "desk://reports/%/pages/1",
        "desk://reports/%4/pages/1",
        "desk://reports/%4g/pages/1",
        "desk://reports/%+4/pages/1",
        "desk://reports/%ff/pages/1",
        "desk://reports/%c0%af/pages/1",
        "desk://reports/ä/pages/1",
        "desk://reports/a b/pages/1",
        "desk://reports/7/pages/1?x=1",
        "desk://reports/7/pages/1#x",
        "desk://reports/7?/pages/1",
        "desk://user@reports/7/pages/1",
        "desk://reports:80/7/pages/1",
        " desk://reports/7/pages/1",
        "desk://reports/7/pages/1\n",
        "desk://reports/{id}/pages/1",
    ] {
        assert_eq!(read(uri), None, "{uri:?}");
    }
    let long = format!("desk://reports/{}/pages/1", "a".repeat(LONGEST_URI_BYTES));
    assert_eq!(read(&long), None);
}

#[test]
fn what_cannot_be_read_back_is_not_written() {
    for value in [
        "", ".", "..", "a/b", "a\\b", "\0", "a\nb", "\u{7f}", "\u{85}",
    ] {
        assert_eq!(write(value, "1"), None, "{value:?}");
    }
    assert_eq!(write(&"a".repeat(LONGEST_URI_BYTES), "1"), None);
    assert_eq!(template().write(|_| None), None);
}

#[test]
fn a_fixed_segment_comes_before_a_parameter() {
    let mut templates = [
        "desk://reports/{id}",
        "desk://{a}/b",
        "desk://reports/latest",
        "desk://reports",
        "a://reports/{id}",
    ]
    .map(|text| UriTemplate::parse(text).unwrap());
    templates.sort();
    let sorted = templates.map(|template| template.as_str());
    assert_eq!(
        sorted,
        [
            "a://reports/{id}",
            "desk://reports",
            "desk://reports/latest",
            "desk://reports/{id}",
            "desk://{a}/b",
        ]
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(id in any::<String>(), page in "[a-z%/.é ]{1,8}") {
        match write(&id, &page) {
            Some(uri) => {
                prop_assert_eq!(read(&uri), Some(vec![id, page]));
                prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
            }
            None => prop_assert!(!is_value(&id) || !is_value(&page) || id.len() > 500),
        }
    }

    #[test]
    fn what_is_read_fills_one_segment_each(uri in "desk://reports/[a-zA-Z0-9%./\\\\?#]{0,12}/pages/[0-9%./a-f]{0,6}") {
        if let Some(values) = read(&uri) {
            prop_assert!(values.iter().all(|value| is_value(value)));
            // Whatever spelling was read, one is written, and it is read as the same.
            let written = write(&values[0], &values[1]).unwrap();
            prop_assert_eq!(read(&written), Some(values));
            prop_assert_eq!(written.matches('/').count(), TEMPLATE.matches('/').count());
        }
    }
}
