//! A marker in every secret key, by every layer, in right and in malformed values: nothing that is printed has it.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::{ProptestConfig, Strategy, proptest};

use super::sources::{DATABASE, valid};
use crate::config::sections::Environment::{self, Dev, Prod};
use crate::config::{
    Comparison, ConfigSources, Explanation, Registry, render_check, render_check_all,
    render_check_json,
};

/// No word of ours has it.
const MARKER: &str = "zQxMarker";

/// What may stand around a marker in a secret: letters, and what addresses, TOML and JSON make of them.
fn secrets() -> impl Strategy<Value = String> {
    // What begins like a path and stands where a path belongs is shown as one.
    let before = "([A-Za-z0-9][A-Za-z0-9:/@?&=%+,;.~ -]{0,12})?";
    let after = "[A-Za-z0-9:/@?&=%+,;.~ -]{0,12}";
    (before, after).prop_map(|(before, after)| format!("{before}{MARKER}{after}"))
}

/// The secret in a file, rightly written and as people get it wrong.
fn files(key: &str, secret: &str) -> Vec<String> {
    let (section, field) = key.rsplit_once('.').unwrap();
    [
        format!("{field} = '{secret}'"),
        format!("{field} = {secret}"),
        format!("{field} = ['{secret}']"),
        format!("{field} = {{ '{secret}' = '{secret}' }}"),
        format!("{field} = '{secret}"),
        format!("{field} = '{secret}'\n{field} = '{secret}'"),
    ]
    .into_iter()
    .map(|line| format!("[{section}]\n{line}\n"))
    .collect()
}

/// Every way to give a secret to a key.
fn ways(key: &str, variable: &str, secret: &str) -> Vec<ConfigSources> {
    let base = || {
        let mut sources = valid(Prod);
        sources.app_settings = DATABASE;
        sources
    };
    let mut ways = vec![
        base().with(variable, secret),
        base().with(&format!("{variable}_FILE"), secret),
        base().with(&variable.to_ascii_lowercase(), secret),
        base().with(&format!("{variable}__X"), secret),
        base().with("APP_WEATHER__TODAY", secret),
        base().flag(key, secret, &format!("--set {key}")),
        base().flag(&format!("{key}x"), secret, &format!("--set {key}x")),
        base().flag("", secret, "--set "),
        base()
            .with(variable, secret)
            .with(&format!("{variable}_FILE"), secret),
        base().with(
            &format!("{variable}_FILE"),
            mounted(secret).to_str().unwrap(),
        ),
    ];
    for text in files(key, secret) {
        let mut sources = base();
        sources.config_dir = Some(folder_with(&text));
        ways.push(sources);
    }
    ways
}

/// Everything that commands print of a configuration.
fn outputs(sources: &ConfigSources) -> Vec<String> {
    let all = Environment::ALL.map(|environment| {
        let sources = sources.in_environment(environment.as_str(), "--all");
        (environment, sources.inspected())
    });
    let [(_, dev), .., (_, prod)] = &all;
    let registry = sources.registry();
    let mut outputs = vec![render_check_all(&all), render_check_json(&[dev, prod])];
    let comparison = Comparison::of(dev, prod, true);
    outputs.extend([comparison.render_text(), comparison.render_json()]);
    for inspection in [dev, prod] {
        let names = registry.keys().iter().filter(|key| key.secret);
        let names = names.map(|key| Some(key.name.as_str())).chain([None]);
        for name in names {
            let explanation = Explanation::of(name, inspection, &registry);
            let Ok(explanation) = explanation else {
                panic!("{name:?} is a key");
            };
            outputs.extend([explanation.render_text(), explanation.render_json()]);
        }
        match inspection.check() {
            Ok(()) => outputs.push(render_check(inspection)),
            Err(error) => outputs.extend([error.to_string(), format!("{error:?}")]),
        }
        outputs.push(format!("{inspection:?}"));
    }
    if let Ok(loaded) = crate::config::Config::load(sources) {
        outputs.push(format!("{loaded:?}"));
    }
    outputs
}

fn mounted(secret: &str) -> PathBuf {
    let folder = scratch();
    let path = folder.join("mounted");
    fs::write(&path, secret).unwrap();
    path
}

fn folder_with(text: &str) -> PathBuf {
    let folder = scratch();
    fs::write(folder.join("default.toml"), text).unwrap();
    folder
}

/// A folder of its own; under the target folder, which nobody keeps.
fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/tmp/config-markers")
        .join(uuid::Uuid::new_v4().to_string());
    fs::create_dir_all(&folder).unwrap();
    folder
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_output_repeats_a_secret_however_it_is_given(secret in secrets()) {
        for key in Registry::new(DATABASE).keys().iter().filter(|key| key.secret) {
            for sources in ways(&key.name, &key.variable, &secret) {
                for output in outputs(&sources) {
                    assert!(!output.contains(MARKER), "{}: {output}", key.name);
                }
            }
        }
        let _ = fs::remove_dir_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/config-markers"));
    }
}

/// The marker is found where it may stand, or the test above would prove nothing.
#[test]
fn the_marker_is_printed_for_a_key_that_is_no_secret() {
    let sources = valid(Dev).with("APP_AUTH__APP_ID_URIS", "api://zQxMarker");
    assert!(
        outputs(&sources)
            .iter()
            .any(|output| output.contains(MARKER))
    );
}
