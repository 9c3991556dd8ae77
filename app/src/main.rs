//! The research desk's server and command line; `app --help` lists what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    portcullis::cli::run(app::api())
}
