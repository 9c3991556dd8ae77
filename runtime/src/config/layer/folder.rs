//! The folder that stands in place of the shipped files, and what in it is read by nobody.

use std::path::Path;

use portcullis_api_spec::nearest;

use crate::config::environment;
use crate::config::finding::{Finding, FindingId};

/// Reads the files of these names, in this order, each with its path.
///
/// What has another file's name in it, of those that some environment reads, is that environment's. A `production.toml` is
/// nobody's, and whoever wrote it believes that it counts.
pub(crate) fn read_folder(
    folder: &Path,
    names: &[String],
    findings: &mut Vec<Finding>,
) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut unreadable = false;
    for name in names {
        let path = folder.join(name);
        match environment::read_config_file(&path) {
            Ok(Some(text)) => files.push((path.display().to_string(), text)),
            Ok(None) => {}
            Err(reason) => {
                unreadable = true;
                let what = format!("{}: {reason}", path.display());
                findings.push(
                    Finding::error(FindingId::File, what)
                        .why("what it would set is not known, and the service would run without it")
                        .fix("make it a TOML file in UTF-8 that the user the server runs as may read, or take it away"),
                );
            }
        }
    }
    if files.is_empty() && !unreadable {
        let what = format!("{} holds none of {}", folder.display(), names.join(", "));
        findings.push(
            Finding::error(FindingId::File, what)
                .why("a configuration folder stands in place of the shipped files, so an empty one would drop them all")
                .fix("correct --config-dir or APP_CONFIG_DIR, or mount the files"),
        );
    }
    findings.extend(unread_files(folder));
    files
}

/// TOML files that no environment reads.
fn unread_files(folder: &Path) -> impl Iterator<Item = Finding> {
    let known: Vec<String> = environment::file_names().collect();
    let there = environment::list_toml_files(folder).into_iter();
    let path = folder.display().to_string();
    there.filter_map(move |name| {
        if known.contains(&name) {
            return None;
        }
        let folded = name.to_ascii_lowercase();
        let stem = folded.trim_end_matches(".toml");
        let names = known.iter().map(String::as_str);
        let long_form = names
            .clone()
            .find(|known| stem.starts_with(known.trim_end_matches(".toml")));
        let hint = long_form
            .or_else(|| nearest(&folded, names))
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        let what = format!("{path}/{name} is read in no environment");
        let fix = format!("name it one of {}, or take it away{hint}", known.join(", "));
        Some(Finding::warning(FindingId::File, what).fix(fix))
    })
}
