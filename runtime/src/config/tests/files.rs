//! TOML files: positions, unknown keys, precedence, the configuration folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::sources::valid;
use crate::config::sections::Environment;

#[test]
fn the_environments_file_stands_above_the_default_file() {
    let sources = valid(Environment::Uat).shipped(&[
        ("default.toml", "[rate_limit]\nper_second = 7\nburst = 8\n"),
        ("uat.toml", "[rate_limit]\nper_second = 9\n"),
        ("prod.toml", "[rate_limit]\nper_second = 1\n"),
    ]);
    let config = sources.loaded().config;
    assert_eq!(config.rate_limit.per_second.get(), 9);
    assert_eq!(config.rate_limit.burst.get(), 8);
}

#[test]
fn a_role_table_of_a_higher_layer_replaces_the_lower_one_whole() {
    let sources = valid(Environment::Prod).shipped(&[
        ("default.toml", "[auth.roles]\n\"Old.Admin\" = \"Admin\"\n"),
        ("prod.toml", "[auth.roles]\n\"New.Admin\" = \"Admin\"\n"),
    ]);
    let roles = sources.loaded().config.authentication.roles.unwrap();
    assert_eq!(roles.keys().collect::<Vec<_>>(), ["New.Admin"]);
}

#[test]
fn a_bad_value_names_its_line_and_column() {
    let error = valid(Environment::Prod)
        .shipped(&[(
            "default.toml",
            "[server]\nbind = \"127.0.0.1:8080\"\n  header_timeout = \"soon\"\n",
        )])
        .refused();
    let text = error.to_string();
    assert!(text.contains("VALUE: server.header_timeout"), "{text}");
    assert!(text.contains("default.toml (shipped):3:3"), "{text}");
}

#[test]
fn values_of_the_wrong_toml_type_are_refused() {
    let cases = [
        ("[server]\nbind = 8080", "a number stands where"),
        (
            "[server]\nrequest_timeout = 30",
            "a number stands where a duration with its unit",
        ),
        (
            "[auth]\nrequired = 1",
            "a number stands where true or false",
        ),
        ("[auth]\nclock_skew = true", "a boolean stands where"),
        (
            "[cors]\nallowed_origins = [1]",
            "every item of the list must be text",
        ),
        (
            "[auth]\nroles = {A = 1}",
            "every entry of the table must be a text",
        ),
        (
            "[rate_limit]\nburst = -1",
            "a number stands where a whole number, 1 to",
        ),
        (
            "[rate_limit]\nburst = 10000001",
            "out of range: 1 to 10000000",
        ),
        ("[auth]\nkeys = 5", "auth.keys is a section"),
        ("[docs]\naccess = 2026-11-22", "no setting is a date"),
    ];
    for (text, expected) in cases {
        let shown = one_file(text).refused().to_string();
        assert!(shown.contains(expected), "{text}: {shown}");
    }
}

#[test]
fn unknown_keys_and_environment_tables_are_refused_with_their_position() {
    let cases = [
        (
            "a misspelt key",
            "[server]\nbnid = \"secret\"",
            "did you mean server.bind?",
            ":2:1",
        ),
        (
            "a misspelt section",
            "[sevrer]\nbind = \"secret\"",
            "unknown key sevrer",
            ":1:2",
        ),
        (
            "a key of another section",
            "[mcp]\ntenant_id = \"secret\"",
            "did you mean auth.tenant_id?",
            ":2:1",
        ),
        (
            "an environment's table",
            "[prod]\nx = \"secret\"",
            "put these settings into prod.toml",
            ":1:2",
        ),
        (
            "a nested environment table",
            "[dev.server]\nbind = \"secret\"",
            "into dev.toml",
            ":1:2",
        ),
        (
            "a foreign profile",
            "[production]\nx = \"secret\"",
            "names an environment",
            ":1:2",
        ),
        (
            "a variable's name",
            "AUTH_REQUIRED = \"secret\"",
            "unknown key AUTH_REQUIRED",
            ":1:1",
        ),
    ];
    for (case, text, expected, place) in cases {
        let shown = one_file(text).refused().to_string();
        assert!(
            shown.contains("PC10: ") && shown.contains(expected),
            "{case}: {shown}"
        );
        assert!(
            shown.contains(place) && !shown.contains("secret"),
            "{case}: {shown}"
        );
    }
}

#[test]
fn every_toml_mistake_is_reported_without_quoting_the_line() {
    let shown = one_file("[server]\nbind = hunter2\n[auth]\nguests = = \"allow\"\n")
        .refused()
        .to_string();
    assert!(shown.contains(":2:") && shown.contains(":4:"), "{shown}");
    assert!(
        shown.contains("not TOML") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn a_folder_stands_in_place_of_the_shipped_files() {
    let folder = folder_with("in-place", &[("prod.toml", "[rate_limit]\nburst = 3\n")]);
    let mut sources =
        valid(Environment::Prod).shipped(&[("default.toml", "[rate_limit]\nper_second = 9\n")]);
    sources.config_dir = Some(folder);
    let config = sources.loaded().config;
    assert_eq!(config.rate_limit.burst.get(), 3);
    assert_eq!(config.rate_limit.per_second.get(), 100);
}

#[test]
fn a_folder_without_our_files_is_refused() {
    let mut sources = valid(Environment::Prod);
    sources.config_dir = Some(folder_with("none", &[("other.toml", "")]));
    let text = sources.refused().to_string();
    assert!(
        text.contains("holds none of default.toml, prod.toml"),
        "{text}"
    );
}

/// Whoever wrote them believes that they count.
#[test]
fn a_file_that_no_environment_reads_is_a_warning() {
    for (name, file, hint) in [
        ("production", "production.toml", "did you mean prod.toml?"),
        ("capital", "Prod.toml", "did you mean prod.toml?"),
        ("misspelt", "defualt.toml", "did you mean default.toml?"),
        ("other", "routes.toml", "or take it away"),
    ] {
        let files = [
            ("default.toml", ""),
            ("dev.toml", ""),
            ("notes.txt", ""),
            (file, ""),
        ];
        let mut sources = valid(Environment::Prod);
        sources.config_dir = Some(folder_with(&format!("unread-{name}"), &files));
        let warnings = sources.loaded().warnings;
        let shown: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        let about = |it: &&String| it.contains("is read in no environment");
        let [warning] = shown.iter().filter(about).collect::<Vec<_>>()[..] else {
            panic!("{name}: {shown:?}");
        };
        assert!(
            warning.contains(file) && warning.contains(hint),
            "{name}: {warning}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_there_and_cannot_be_read_stops_the_start() {
    let folder = folder_with("unreadable", &[("default.toml", "")]);
    let link = folder.join("prod.toml");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(folder.join("nowhere"), &link).unwrap();
    let mut sources = valid(Environment::Prod);
    sources.config_dir = Some(folder);
    let text = sources.refused().to_string();
    assert!(text.contains("prod.toml: entity not found"), "{text}");
}

fn one_file(text: &'static str) -> crate::config::ConfigSources {
    let layers: &'static [(&str, &str)] = Box::leak(Box::new([("default.toml", text)]));
    valid(Environment::Prod).shipped(layers)
}

fn folder_with(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/tmp/config-folders")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}
