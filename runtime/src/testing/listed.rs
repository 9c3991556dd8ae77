//! `assert_all_listed`: annotated functions in the source that stand in no `endpoints![..]`.
//!
//! Production code has no registration at link time, and a test that had one would prove nothing about it. So the
//! source is read, as text: what an attribute looks like is enough.

mod scan;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::deviations::Deviations;
use super::test_api::Service;

/// Reads every file and compares by function name; that is the operation id, which no two listed endpoints share.
pub(super) fn check(service: &Service, folder: &str) -> Deviations<3> {
    let files = match rust_files(Path::new(folder)) {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => panic!("no Rust source in {folder}"),
        Err(error) => panic!("{folder} cannot be read: {error}"),
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => panic!("{} cannot be read: {error}", file.display()),
        };
        for annotated in scan::annotated_functions(&text) {
            let place = format!("{}:{}", file.display(), annotated.line);
            found.entry(annotated.name).or_default().push(place);
        }
    }
    let mut deviations = Deviations::new(["function", "where", "what is wrong"]);
    for (name, places) in &found {
        deviations.check(judge(service, name, places));
    }
    for name in &service.unlisted {
        if !found.contains_key(name) {
            let what = "excused, and not there".to_owned();
            deviations.check(Some([name.clone(), folder.to_owned(), what]));
        }
    }
    deviations
}

fn judge(service: &Service, name: &str, places: &[String]) -> Option<[String; 3]> {
    let operations = service.operations.iter();
    let listed = operations
        .filter(|described| described.endpoint.operation_id == name)
        .count();
    let is_excused = service.unlisted.contains(name);
    let what = match (places.len() > listed, is_excused) {
        (false, false) | (true, true) => return None,
        (false, true) => "excused, and listed",
        (true, false) if listed > 0 => "one of these is in no endpoints![..]",
        (true, false) => "in no endpoints![..]",
    };
    Some([name.to_owned(), places.join(" "), what.to_owned()])
}

fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}
