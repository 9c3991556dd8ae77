//! Open files: a connection is one, and the system lets a process have only so many (`RLIMIT_NOFILE`).
//!
//! Without enough of them connections are not accepted, and neither is the orchestrator's probe: a server that is full
//! looks like one that is dead.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a process opens beside the connections of its clients: libraries, the database, the authority, the collector, the
/// management listener.
const OTHERS: u64 = 256;

/// What is to be done about the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Nothing,
    /// To what the system allows at most; whether that is enough.
    Raise {
        to: u64,
        is_enough: bool,
    },
    /// It is at what the system allows already.
    Warn,
}

/// Sees to it that so many connections can be open at once, or says what keeps them from it.
pub(super) fn provide_for(max_connections: usize) {
    let needed = OTHERS.saturating_add(u64::try_from(max_connections).unwrap_or(u64::MAX));
    let limit = getrlimit(Resource::Nofile);
    let allowed = match decide(limit, needed) {
        Step::Nothing => return,
        Step::Raise { to, is_enough } => {
            let raised = Rlimit {
                current: Some(to),
                maximum: limit.maximum,
            };
            match (setrlimit(Resource::Nofile, raised), is_enough) {
                (Ok(()), true) => {
                    tracing::debug!(open_files = to, "the limit of open files was raised");
                    return;
                }
                (Ok(()), false) => to,
                (Err(_), _) => limit.current.unwrap_or(u64::MAX),
            }
        }
        Step::Warn => limit.current.unwrap_or(u64::MAX),
    };
    tracing::warn!(
        open_files = allowed,
        needed,
        "server.max_connections is more than this process may hold: further connections will not be accepted, and probes \
         neither; raise the limit of open files (`ulimit -n`, LimitNOFILE of systemd, the container runtime's default), or \
         lower server.max_connections"
    );
}

/// `None` in a limit means that there is none.
fn decide(limit: Rlimit, needed: u64) -> Step {
    let allows = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
    if allows(limit.current) {
        return Step::Nothing;
    }
    let is_enough = allows(limit.maximum);
    match limit.maximum.unwrap_or(needed) {
        most if limit.current.is_some_and(|current| current < most) => Step::Raise {
            to: most,
            is_enough,
        },
        _ => Step::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised_as_far_as_the_system_allows_and_told_of_when_that_is_not_enough() {
        let raise = |to, is_enough| Step::Raise { to, is_enough };
        for (case, current, maximum, expected) in [
            ("enough", Some(5000), Some(5000), Step::Nothing),
            ("just enough", Some(4352), Some(4352), Step::Nothing),
            ("no limit", None, None, Step::Nothing),
            ("may be raised", Some(1024), Some(8192), raise(8192, true)),
            ("without a bound", Some(1024), None, raise(4352, true)),
            ("not far enough", Some(1024), Some(4096), raise(4096, false)),
            ("not at all", Some(1024), Some(1024), Step::Warn),
        ] {
            let step = decide(Rlimit { current, maximum }, 4352);
            assert_eq!(step, expected, "{case}");
        }
    }
}
