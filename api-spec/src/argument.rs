//! An argument of a handler, as far as it is known while the application is compiled.

use crate::Op;

/// The path parameters that one argument of a handler takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathArity {
    /// The argument does not read the path.
    None,
    /// One parameter, or a tuple of them, in the order of the template.
    Exactly(usize),
    /// A struct that takes parameters by these names.
    Named(&'static [&'static str]),
}

/// What the type of an argument says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// Writes what it reads into the operation.
    pub describe: fn(&mut Op),
    /// The path parameters it takes.
    pub path: PathArity,
    /// Whether it reads the request body.
    pub reads_body: bool,
    /// Whether there must be a verified caller for it.
    pub needs_caller: bool,
}
