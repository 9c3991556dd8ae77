//! What the paths, names and URIs of an annotation may look like, and what two of them have in common.
//!
//! The macros ask about what an annotation says in quotes, the vocabulary crate about the rest, in constants. Each function
//! returns what is wrong with its input, naming it and saying how to mend it, or `None`.
//!
//! Invariant: everything here is `const` and depends on nothing, so that both can ask before anything else is compiled.

mod fingerprint;
mod message;
mod mount;
pub mod name;
pub mod path;
pub mod resource;
pub mod text;

pub use fingerprint::{Fingerprints, Named};
pub use message::Message;
pub use mount::Mount;
