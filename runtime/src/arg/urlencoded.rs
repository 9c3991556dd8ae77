//! Names and values of a query or a form (`application/x-www-form-urlencoded`), read as one struct.
//!
//! A name that comes more than once is a list. Invariant: all faults are named at once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use portcullis_api_spec::query_fields;
use serde::de::DeserializeOwned;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::problem::FieldError;

/// How many faults are reported at most.
const FAULTS_AT_MOST: usize = 32;

/// Reads `T`. `root` stands in front of each name in the pointers: `/query`, or nothing for a body.
///
/// # Errors
/// Every fault found, at least one.
pub(super) fn read<T>(text: &[u8], root: &'static str) -> Result<T, Vec<FieldError>>
where
    T: DeserializeOwned + ToSchema,
{
    deserialize(text).map_err(|first| all_faults::<T>(text, root, first))
}

fn deserialize<T: DeserializeOwned>(text: &[u8]) -> Result<T, Fault> {
    let deserializer = serde_html_form::Deserializer::from_bytes(text);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let detail = error.inner().to_string();
        // serde names these only in its sentence.
        let named = ["unknown field `", "duplicate field `"]
            .iter()
            .find_map(|start| detail.strip_prefix(start)?.split('`').next());
        let name = match error.path().iter().next() {
            Some(serde_path_to_error::Segment::Map { key }) => Some(key.clone()),
            Some(
                serde_path_to_error::Segment::Seq { .. }
                | serde_path_to_error::Segment::Enum { .. }
                | serde_path_to_error::Segment::Unknown,
            )
            | None => named.map(str::to_owned),
        };
        Fault { name, detail }
    })
}

/// What serde stopped at.
struct Fault {
    name: Option<String>,
    detail: String,
}

impl Fault {
    fn into_error(self, root: &str) -> FieldError {
        let pointer = match &self.name {
            Some(name) => pointer_to(root, name),
            None => root.to_owned(),
        };
        FieldError {
            pointer,
            detail: self.detail,
        }
    }
}

fn pointer_to(root: &str, name: &str) -> String {
    format!("{root}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Finds every fault: reads again without the name at fault until nothing is wrong with the others, then asks which
/// required ones are missing. Ends: each round takes a name away.
fn all_faults<T>(text: &[u8], root: &'static str, first: Fault) -> Vec<FieldError>
where
    T: DeserializeOwned + ToSchema,
{
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(text).collect();
    let given: BTreeSet<String> = pairs.iter().map(|(name, _)| name.to_string()).collect();
    let mut faults = Vec::new();
    let mut next = Some(first);
    while let Some(fault) = next.take() {
        let Some(name) = fault.name.clone() else {
            // Something is missing, which the description tells better; or it may only seem so by now.
            if faults.is_empty() && missing::<T>(&given, root).is_empty() {
                faults.push(fault.into_error(root));
            }
            break;
        };
        let before = pairs.len();
        pairs.retain(|(known, _)| *known != name);
        faults.push(fault.into_error(root));
        if pairs.len() == before || faults.len() >= FAULTS_AT_MOST {
            break;
        }
        let rest = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        next = deserialize::<T>(rest.as_bytes()).err();
    }
    faults.extend(missing::<T>(&given, root));
    faults
}

/// The required names that were not given.
fn missing<T: ToSchema>(given: &BTreeSet<String>, root: &str) -> Vec<FieldError> {
    query_fields::<T>()
        .unwrap_or_default()
        .into_iter()
        .filter(|field| field.is_required && !given.contains(&field.name))
        .map(|field| FieldError {
            pointer: pointer_to(root, &field.name),
            detail: "is required".to_owned(),
        })
        .collect()
}
