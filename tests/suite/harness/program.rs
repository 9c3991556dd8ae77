//! The binary with a clean environment in an empty folder: nothing of the machine decides a test.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use uuid::Uuid;

use super::database::fresh_database;

/// The binary, its environment, and a folder of its own that goes away with it.
pub(crate) struct Program {
    environment: BTreeMap<String, String>,
    folder: PathBuf,
    open_files: Option<(u32, u32)>,
}

/// What a run to the end left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// Nothing set at all.
    pub(crate) fn bare() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(Uuid::new_v4().to_string());
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        Self {
            environment: BTreeMap::new(),
            folder,
            open_files: None,
        }
    }

    /// Free ports and an empty database, a file unless a PostgreSQL is named; everything else is for the test to say.
    pub(crate) fn isolated() -> Self {
        let program = Self::bare();
        let database = format!("sqlite://{}", program.folder.join("desk.db").display());
        program
            .set("APP_SERVER__BIND", "127.0.0.1:0")
            .set("APP_SERVER__MANAGEMENT_BIND", "127.0.0.1:0")
            .set("APP_APP__DATABASE_URL", fresh_database(&database))
    }

    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Limits each caller, which most tests would only meet by accident.
    pub(crate) fn with_rate(self, per_second: u32, burst: u32) -> Self {
        self.set("APP_RATE_LIMIT__ENABLED", "true")
            .set("APP_RATE_LIMIT__PER_SECOND", per_second.to_string())
            .set("APP_RATE_LIMIT__BURST", burst.to_string())
    }

    /// The database of an isolated program, for another instance of the same service.
    pub(crate) fn database_url(&self) -> String {
        self.environment["APP_APP__DATABASE_URL"].clone()
    }

    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Lets the process have so many files open, and raise that so far.
    pub(crate) fn limit_open_files(mut self, soft: u32, hard: u32) -> Self {
        self.open_files = Some((soft, hard));
        self
    }

    /// Writes a file into the program's folder.
    pub(crate) fn with_file(self, name: &str, content: &str) -> Self {
        let path = self.folder.join(name);
        let parent = path.parent().expect("a file stands in a folder");
        std::fs::create_dir_all(parent).expect("the target folder can be written");
        std::fs::write(path, content).expect("the target folder can be written");
        self
    }

    /// Puts a shell script on the path, in front of the machine's own programs.
    pub(crate) fn with_script(self, name: &str, content: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;

        let program = self.with_file(&format!("bin/{name}"), content);
        let folder = program.folder.join("bin");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.join(name), executable).expect("the file is ours");
        program.set("PATH", format!("{}:/usr/bin:/bin", folder.display()))
    }

    /// Where a file of the program's folder is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The command, to be started by whoever knows what to do with its output. Killed when dropped.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        const BINARY: &str = env!("CARGO_BIN_EXE_app");
        let mut command = match self.open_files {
            None => Command::new(BINARY),
            Some((soft, hard)) => {
                let script =
                    format!("ulimit -Sn {soft} && ulimit -Hn {hard} && exec \"$0\" \"$@\"");
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &script, BINARY]);
                shell
            }
        };
        command
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs to the end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with_input(arguments, "").await
    }

    /// Runs to the end, with this on standard input.
    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        let what = format!("the end of `app {}`", arguments.join(" "));
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let run = async {
            let mut child = command.spawn().expect("the binary starts");
            let mut stdin = child.stdin.take().expect("standard input is piped");
            // A program that has ended without reading is judged by what it wrote.
            let _ = stdin.write_all(input.as_bytes()).await;
            drop(stdin);
            child.wait_with_output().await
        };
        let output = super::within(&what, run).await;
        let output = output.expect("the binary's output can be read");
        Finished {
            exit_code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("output is UTF-8"),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A folder that stays behind costs a little disk; a failing test must show its own reason.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Finished {
    /// Both outputs, for messages that may stand in either.
    pub(crate) fn output(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}
