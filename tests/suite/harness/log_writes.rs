//! What a process writes to its log, write by write, as the system has it.
//!
//! Standard error is a socket of datagrams, where each write of the process is one, and is there as soon as it has been
//! written: what cannot be read yet has not been. Few fit in, so whoever does not read them holds the process up.

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;

use serde_json::Value;

/// Largest write that is read whole, in bytes.
const MAX_WRITE_BYTES: usize = 64 * 1024;

/// The writes of a process to its log so far.
pub(crate) struct LogWrites {
    socket: UnixDatagram,
    writes: Vec<Vec<Value>>,
}

impl LogWrites {
    /// With what the process is to have for its standard error.
    pub(super) fn new() -> (Self, Stdio) {
        let (ours, theirs) = UnixDatagram::pair().expect("sockets can be made");
        ours.set_nonblocking(true).expect("the socket is ours");
        let writes = Self {
            socket: ours,
            writes: Vec::new(),
        };
        (writes, Stdio::from(OwnedFd::from(theirs)))
    }

    /// The events of each write up to now.
    pub(crate) fn so_far(&mut self) -> &[Vec<Value>] {
        let mut buffer = vec![0; MAX_WRITE_BYTES];
        loop {
            let length = match self.socket.recv(&mut buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return &self.writes,
                Err(error) => panic!("the log cannot be read: {error}"),
            };
            let text = str::from_utf8(&buffer[..length]).expect("lines are UTF-8");
            let parse = |line| serde_json::from_str(line).expect("each write has whole lines");
            self.writes.push(text.lines().map(parse).collect());
        }
    }

    /// The messages of each write about requests with this correlation id.
    pub(crate) fn about(&mut self, correlation_id: &str) -> Vec<Vec<String>> {
        let is_it = |event: &&Value| event["correlation_id"] == correlation_id;
        let message = |event: &Value| event["message"].as_str().map(str::to_owned);
        let of_write = |write: &Vec<Value>| {
            let events = write.iter().filter(is_it);
            events.filter_map(message).collect::<Vec<_>>()
        };
        let mut writes: Vec<_> = self.so_far().iter().map(of_write).collect();
        writes.retain(|write| !write.is_empty());
        writes
    }
}
