//! Collects every fault of a request's content, so that a client mends all of them at once.

use portcullis::FieldError;

/// The faults found so far, each with a JSON pointer (RFC 6901) into the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<FieldError>,
}

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    /// Keeps a value, or notes why it is not one.
    pub fn keep<T, E: ToString>(
        &mut self,
        pointer: impl Into<String>,
        value: Result<T, E>,
    ) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(detail) => {
                self.add(pointer, detail.to_string());
                None
            }
        }
    }

    /// Says whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }
}

impl From<Faults> for Vec<FieldError> {
    fn from(faults: Faults) -> Self {
        faults.faults
    }
}
