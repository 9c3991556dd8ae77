//! An error and what lies beneath it: `Connection refused` stands at the bottom of `error sending request`.

use std::error::Error;
use std::iter;

/// The error itself, then what caused it, and so on down.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

/// All of it on one line.
pub(crate) fn on_one_line(error: &(dyn Error + 'static)) -> String {
    let sentences: Vec<String> = chain(error).map(ToString::to_string).collect();
    sentences.join(": ")
}
