//! Values for what a user fills in: the arguments of a prompt, the parameters of a URI template.
//!
//! An argument of a prompt has the values that its schema lists. A parameter has those that the operation of `listed_by` shows
//! the same caller on its first page.
//!
//! Invariant: admitted like the prompt or the resource itself. What the caller may not know of is answered as what does not exist.

use std::collections::{BTreeSet, HashMap};

use portcullis_api_spec::{ListingPage, PromptDef, UriTemplate};
use rmcp::model::{CompleteRequestParams, CompletionInfo, ErrorData};
use serde_json::{Map, Value};

/// What is being filled in.
pub(super) struct Blank<'a> {
    name: &'a str,
    /// What has been typed so far.
    begun: &'a str,
    /// What has been filled in before.
    others: Option<&'a HashMap<String, String>>,
}

impl<'a> Blank<'a> {
    pub(super) fn of(request: &'a CompleteRequestParams) -> Self {
        let context = request.context.as_ref();
        Self {
            name: &request.argument.name,
            begun: &request.argument.value,
            others: context.and_then(|context| context.arguments.as_ref()),
        }
    }

    /// The one argument, for the record.
    pub(super) fn arguments(&self) -> Map<String, Value> {
        Map::from_iter([(self.name.to_owned(), Value::from(self.begun))])
    }

    /// The values that an argument of a prompt can have.
    ///
    /// # Errors
    /// The prompt has no such argument.
    pub(super) fn in_prompt(&self, prompt: &PromptDef) -> Result<CompletionInfo, ErrorData> {
        let mut arguments = prompt.arguments.iter();
        let argument = arguments.find(|argument| argument.name == self.name);
        let argument = argument.ok_or_else(unknown_argument)?;
        self.among(argument.values.iter().cloned(), false)
    }

    /// # Errors
    /// The template has no such parameter.
    pub(super) fn check_in_template(&self, template: &UriTemplate) -> Result<(), ErrorData> {
        let mut parameters = template.parameters();
        let is_there = parameters.any(|parameter| parameter == self.name);
        is_there.then_some(()).ok_or_else(unknown_argument)
    }

    /// The values that a parameter has in what is listed, beside those of other parameters that are filled in.
    ///
    /// # Errors
    /// None that a list can cause.
    pub(super) fn in_page(
        &self,
        template: &UriTemplate,
        page: &ListingPage,
    ) -> Result<CompletionInfo, ErrorData> {
        let filled_in = |name: &str| self.others.and_then(|others| others.get(name));
        let value_in = |uri: &str| {
            let values = template.read(uri)?;
            let fits = values.iter().all(|(name, value)| {
                *name == self.name || filled_in(name).is_none_or(|other| other == value)
            });
            let mut values = values.into_iter().filter(|_| fits);
            values.find_map(|(name, value)| (name == self.name).then_some(value))
        };
        let values = page.items.iter().filter_map(|item| value_in(&item.uri));
        self.among(values, page.next_cursor.is_some())
    }

    /// Nothing is known that would fit.
    pub(super) fn unknown(&self) -> Result<CompletionInfo, ErrorData> {
        self.among(std::iter::empty(), false)
    }

    /// Those that begin as what has been typed does, each once, in their order. Upper and lower case of ASCII count as the same.
    fn among(
        &self,
        values: impl Iterator<Item = String>,
        are_there_more: bool,
    ) -> Result<CompletionInfo, ErrorData> {
        let is_begun = |value: &String| {
            let start = value.get(..self.begun.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(self.begun))
        };
        let mut seen = BTreeSet::new();
        let mut values: Vec<String> = values
            .filter(is_begun)
            .filter(|value| seen.insert(value.clone()))
            .collect();
        let is_cut = values.len() > CompletionInfo::MAX_VALUES;
        let total = (!are_there_more).then(|| u32::try_from(values.len()).unwrap_or(u32::MAX));
        values.truncate(CompletionInfo::MAX_VALUES);
        CompletionInfo::with_pagination(values, total, is_cut || are_there_more)
            .map_err(|error| ErrorData::internal_error(error, None))
    }
}

fn unknown_argument() -> ErrorData {
    ErrorData::invalid_params("Unknown argument", None)
}
