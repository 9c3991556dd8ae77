//! Serves the endpoints, or prints their document.

fn main() -> std::process::ExitCode {
    portcullis::cli::run(NAME::api())
}
