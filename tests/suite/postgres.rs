//! What PostgreSQL adds to a file: others who write at the same time, a network, passwords and certificates.
//!
//! Run by `tests/run postgres`, which names the server, and ignored without one. Everything else that
//! keeps data is tested by the other modules, with the same tests for both databases.

mod outage;
mod replicas;
mod sameness;
mod start;

use tokio::process::Command;

use crate::harness::{Cable, Program, Service, Tenant, postgres};

/// The database that this run is about, as `postgres://user:password@host:port/name?..`.
fn server() -> String {
    postgres().expect("a PostgreSQL is named; `tests/run postgres` starts one")
}

/// PostgreSQL's own client, about to run this on the server. Killed when dropped.
fn psql(statements: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args([&*server(), "--no-psqlrc", "--tuples-only", "--no-align"])
        .args(["--command", statements])
        .kill_on_drop(true);
    psql
}

/// What the server says.
async fn told(query: &str) -> String {
    let output = psql(query).output().await.expect("psql can be run");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A URL in parts that tests put together anew.
struct Address {
    user: String,
    password: String,
    host: String,
    port: String,
    /// Behind the port.
    rest: String,
}

impl Address {
    fn of(url: &str) -> Self {
        let parts = || {
            let (user, rest) = url.strip_prefix("postgres://")?.split_once(':')?;
            let (password, rest) = rest.split_once('@')?;
            let (host, rest) = rest.split_once(':')?;
            let (port, rest) = rest.split_once('/')?;
            Some([user, password, host, port, rest].map(str::to_owned))
        };
        let [user, password, host, port, rest] = parts().expect("the URL has all of its parts");
        Self {
            user,
            password,
            host,
            port,
            rest,
        }
    }

    fn url(&self) -> String {
        let Self {
            user,
            password,
            host,
            port,
            rest,
        } = self;
        format!("postgres://{user}:{password}@{host}:{port}/{rest}")
    }
}

/// A program with a database of its own behind a cable.
async fn behind_a_cable(tenant: &Tenant) -> (Program, Cable) {
    let program = Service::program_for(tenant);
    let mut address = Address::of(&program.database_url());
    let cable = Cable::to(format!("{}:{}", address.host, address.port)).await;
    address.host = cable.address.ip().to_string();
    address.port = cable.address.port().to_string();
    let program = program.set("APP_APP__DATABASE_URL", address.url());
    (program, cable)
}
