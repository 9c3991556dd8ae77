//! Ports for `dev`: the usual one when it is free, another when not, and the one that was asked for or none.
//!
//! A reservation holds its port until it is released, so that two of them never get the same free one.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};

use super::super::CommandError;

/// Which port is wanted.
#[derive(Debug)]
pub(super) struct PortWish {
    port: u16,
    firmness: Firmness,
    /// How to ask for another one.
    flag: &'static str,
}

/// What to do when the port is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Firmness {
    /// Asked for on the command line: fail.
    Asked,
    /// The usual one: take a free one and say so.
    Usual,
}

/// A port that nobody else can take meanwhile.
#[derive(Debug)]
pub(super) struct Reservation {
    listener: TcpListener,
    address: SocketAddr,
    note: Option<String>,
}

impl PortWish {
    pub(super) fn of(asked: Option<u16>, usual: u16, flag: &'static str) -> Self {
        match asked {
            Some(port) => Self {
                port,
                firmness: Firmness::Asked,
                flag,
            },
            None => Self {
                port: usual,
                firmness: Firmness::Usual,
                flag,
            },
        }
    }
}

/// Reserves a port.
///
/// # Errors
/// A port that was asked for is taken, or the address is not one of this machine.
pub(super) fn reserve(ip: IpAddr, wish: &PortWish) -> Result<Reservation, CommandError> {
    let wanted = SocketAddr::new(ip, wish.port);
    match (TcpListener::bind(wanted), wish.firmness) {
        (Ok(listener), _) => hold(listener, None),
        (Err(error), Firmness::Usual) if error.kind() == ErrorKind::AddrInUse => {
            let listener = TcpListener::bind(SocketAddr::new(ip, 0)).map_err(cannot_listen(ip))?;
            let note = format!(
                "Port {} is taken, so a free one was chosen; {} asks for a certain one.",
                wish.port, wish.flag
            );
            hold(listener, Some(note))
        }
        (Err(error), Firmness::Asked) if error.kind() == ErrorKind::AddrInUse => {
            Err(CommandError::Failed(format!(
                "port {} of {ip} is taken; ask for another with {flag}, or leave {flag} out",
                wish.port,
                flag = wish.flag
            )))
        }
        (Err(error), _) => Err(cannot_listen(ip)(error)),
    }
}

fn hold(listener: TcpListener, note: Option<String>) -> Result<Reservation, CommandError> {
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Failed(format!("no address was bound: {error}")))?;
    Ok(Reservation {
        listener,
        address,
        note,
    })
}

fn cannot_listen(ip: IpAddr) -> impl Fn(std::io::Error) -> CommandError {
    move |error| CommandError::Failed(format!("{ip} cannot be listened on: {error}"))
}

impl Reservation {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A sentence for the reader when it is not the usual port.
    pub(super) fn note(&self) -> Option<String> {
        self.note.clone()
    }

    /// Frees the port for the one it was reserved for.
    pub(super) fn release(self) -> SocketAddr {
        drop(self.listener);
        self.address
    }
}

#[cfg(test)]
mod tests {
    use super::super::LOOPBACK;
    use super::*;

    #[test]
    fn a_usual_port_that_is_taken_makes_way_for_a_free_one() {
        let taken = reserve(LOOPBACK, &PortWish::of(Some(0), 0, "--port")).unwrap();
        let wish = PortWish::of(None, taken.address().port(), "--port");
        let other = reserve(LOOPBACK, &wish).unwrap();
        assert_ne!(other.address(), taken.address());
        let note = other.note().unwrap();
        assert!(note.contains(&taken.address().port().to_string()) && note.contains("--port"));
    }

    #[test]
    fn a_port_that_was_asked_for_is_that_one_or_none() {
        let taken = reserve(LOOPBACK, &PortWish::of(Some(0), 0, "--port")).unwrap();
        let wish = PortWish::of(Some(taken.address().port()), 8080, "--port");
        let refused = reserve(LOOPBACK, &wish).unwrap_err().to_string();
        assert!(
            refused.contains("is taken; ask for another with --port"),
            "{refused}"
        );
        let freed = taken.release();
        let granted = reserve(LOOPBACK, &wish).unwrap();
        assert_eq!((granted.address(), granted.note()), (freed, None));
    }
}
