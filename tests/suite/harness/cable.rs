//! The connection between the service and its database, which can fail as networks do.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the cable does with what is sent over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    Cut,
    Silent,
}

/// A port that leads to another address, until it is told otherwise.
pub(crate) struct Cable {
    pub(crate) address: SocketAddr,
    state: watch::Sender<State>,
}

impl Cable {
    /// Leads to `host:port`.
    pub(crate) async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let (state, watched) = watch::channel(State::Whole);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(join(near, target.clone(), watched.clone()));
            }
        });
        Self { address, state }
    }

    /// Every connection breaks, and a new one breaks at once, as when the server is started anew.
    pub(crate) fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Connections stay, new ones are accepted, and nothing comes through: as when a machine is gone without a word.
    pub(crate) fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    /// New connections are led on again. Those that met silence do not come back.
    pub(crate) fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

/// Leads one connection until the cable fails.
async fn join(mut near: TcpStream, target: String, mut state: watch::Receiver<State>) {
    let now = *state.borrow_and_update();
    let failed = match now {
        State::Whole => {
            let Ok(mut far) = TcpStream::connect(target).await else {
                return;
            };
            tokio::select! {
                () = carry(&mut near, &mut far) => return,
                failed = state.wait_for(|state| *state != State::Whole) => match failed {
                    Ok(failed) => *failed,
                    Err(_) => return,
                },
            }
        }
        State::Cut | State::Silent => now,
    };
    if failed == State::Silent {
        // Held open, and never read, for as long as the other side likes.
        let _ = state.wait_for(|_| false).await;
    }
}

/// Carries bytes both ways until one side ends.
async fn carry(near: &mut TcpStream, far: &mut TcpStream) {
    let (mut near_bytes, mut far_bytes) = ([0; 8192], [0; 8192]);
    loop {
        let carried = tokio::select! {
            read = near.read(&mut near_bytes) => match read {
                Ok(count @ 1..) => far.write_all(&near_bytes[..count]).await,
                Ok(0) | Err(_) => return,
            },
            read = far.read(&mut far_bytes) => match read {
                Ok(count @ 1..) => near.write_all(&far_bytes[..count]).await,
                Ok(0) | Err(_) => return,
            },
        };
        if carried.is_err() {
            return;
        }
    }
}
