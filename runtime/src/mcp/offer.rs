//! What the endpoint offers: the tools, resources and prompts that the operations are.

use std::fmt::Display;

use portcullis_api_spec::{
    EndpointDef, Op, PromptDef, ResourceDef, ToolDef, build_prompts, build_resources, build_tools,
};

use crate::server::Operations;

/// The tools, resources and prompts of an Api.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    pub(crate) tools: Vec<ToolDef>,
    pub(crate) resources: Vec<ResourceDef>,
    pub(crate) prompts: Vec<PromptDef>,
}

impl Offer {
    /// Reads the offer off the operations.
    ///
    /// # Errors
    /// Every mistake of every operation, one a line.
    pub(crate) fn build(operations: &Operations) -> Result<Self, String> {
        Self::of(|| operations.iter().map(|it| (it.endpoint, &it.op)))
    }

    /// # Errors
    /// As [`Offer::build`].
    pub(super) fn of<'a, I: Iterator<Item = (&'a EndpointDef, &'a Op)>>(
        described: impl Fn() -> I,
    ) -> Result<Self, String> {
        match (
            build_tools(described()),
            build_resources(described()),
            build_prompts(described()),
        ) {
            (Ok(tools), Ok(resources), Ok(prompts)) => Ok(Self {
                tools,
                resources,
                prompts,
            }),
            (tools, resources, prompts) => {
                let mut lines = lines(tools);
                lines.extend(self::lines(resources));
                lines.extend(self::lines(prompts));
                Err(lines.join("\n"))
            }
        }
    }

    /// The endpoints behind all of it; one that is several things stands there as often.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &EndpointDef> {
        let tools = self.tools.iter().map(|tool| &tool.endpoint);
        let resources = self.resources.iter().map(|resource| &resource.endpoint);
        let prompts = self.prompts.iter().map(|prompt| &prompt.endpoint);
        tools.chain(resources).chain(prompts)
    }
}

fn lines<T, E: Display>(built: Result<T, Vec<E>>) -> Vec<String> {
    let errors = built.err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}
