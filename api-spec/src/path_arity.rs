//! How many path parameters an argument takes, known while the application is compiled.

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
