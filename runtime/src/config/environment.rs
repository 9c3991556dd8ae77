//! The one file that looks at the process's surroundings: its variables, its working directory, mounted secrets.
//!
//! Everything after it works on what it returns, so that tests pass maps and nothing else reads the environment.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::layer::CONFIG_DIR_VARIABLE;
use super::sections::Environment;

/// Largest mounted secret.
const SECRET_LIMIT_BYTES: u64 = 64 * 1024;
/// Largest configuration file.
const FILE_LIMIT_BYTES: u64 = 1024 * 1024;

/// Takes a copy of the process's variables. Text that is not UTF-8 is replaced and then fails to parse.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub(crate) fn read_environment() -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        variables.insert(
            name.to_string_lossy().into_owned(),
            value.to_string_lossy().into_owned(),
        );
    }
    variables
}

/// Finds the folder that stands in place of the shipped files: the flag, `APP_CONFIG_DIR`, or a `config` folder
/// with at least one of our files in the working directory.
pub(crate) fn find_config_dir(
    flag: Option<PathBuf>,
    variables: &BTreeMap<String, String>,
) -> Option<PathBuf> {
    let named = flag.or_else(|| variables.get(CONFIG_DIR_VARIABLE).map(PathBuf::from));
    named.or_else(|| {
        let implicit = PathBuf::from("config");
        let has_ours = file_names().any(|name| implicit.join(name).is_file());
        has_ours.then_some(implicit)
    })
}

/// `default.toml`, `dev.toml`, ..
pub(crate) fn file_names() -> impl Iterator<Item = String> {
    std::iter::once("default.toml".to_owned()).chain(
        Environment::ALL
            .into_iter()
            .map(|environment| format!("{}.toml", environment.as_str())),
    )
}

/// Reads a configuration file; `None` when there is none.
///
/// # Errors
/// A sentence when the file is there but cannot be read, is too large or not UTF-8.
pub(crate) fn read_config_file(path: &Path) -> Result<Option<String>, String> {
    // A link to nowhere is there, and so is a file in a folder that must not be looked into: nobody meant to do without.
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Ok(_) | Err(_) => read_text(path, FILE_LIMIT_BYTES).map(Some),
    }
}

/// Lists the names in a folder that end in `.toml`, sorted; none when it cannot be read.
pub(crate) fn list_toml_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    names
}

/// Reads a mounted secret, without the line end that editors and `echo` put at its end.
///
/// # Errors
/// A sentence when the file cannot be read, is empty, too large or not UTF-8. It never holds what the file holds.
pub(crate) fn read_secret_file(path: &Path) -> Result<String, String> {
    let text = read_text(path, SECRET_LIMIT_BYTES)?;
    match text.trim_end_matches(['\r', '\n']) {
        // A mount that has not been filled yet; an empty password is nobody's intention.
        "" => Err("the file is empty".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn read_text(path: &Path, limit_bytes: u64) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.kind().to_string())?;
    let mut bytes = Vec::new();
    file.take(limit_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.kind().to_string())?;
    if bytes.len() as u64 > limit_bytes {
        return Err(format!("larger than {limit_bytes} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())
}
