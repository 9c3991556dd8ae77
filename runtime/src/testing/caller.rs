//! Somebody who calls the application: a token that can be bent, and the calls themselves.

use std::sync::Arc;

use http::Method;
use portcullis_api_spec::{Rights, RoleDef, ScopeDef};
use serde_json::Value;
use uuid::Uuid;

use super::mcp::{self, ToolAnswer};
use super::reading::{self, PromptAnswer, ResourceAnswer};
use super::request::TestRequest;
use super::test_api::Service;
use super::token::Token;
use crate::server::Operations;

/// A caller of the application under test. The same value is the same identity, however often it calls.
#[derive(Clone)]
pub struct TestCaller {
    service: Arc<Service>,
    rights: Option<Rights>,
    token: Option<Token>,
}

impl TestCaller {
    pub(super) fn new(service: &Arc<Service>, rights: Option<Rights>) -> Self {
        Self {
            token: rights.as_ref().map(|rights| service.tenant.token(rights)),
            service: Arc::clone(service),
            rights,
        }
    }

    /// Holds this role too.
    #[must_use]
    pub fn and_role(self, role: impl Into<RoleDef>) -> Self {
        let name = role.into().name.to_owned();
        self.with_rights(|rights| {
            rights.roles.insert(name);
        })
    }

    /// Carries these scopes and no others; an empty list is a token for somebody else's scope.
    #[must_use]
    pub fn with_scopes<T: Into<ScopeDef>>(self, scopes: impl IntoIterator<Item = T>) -> Self {
        let names = scopes.into_iter().map(|scope| scope.into().name.to_owned());
        let names = names.collect();
        self.with_rights(|rights| rights.scopes = names)
    }

    /// Carries none of the application's scopes.
    #[must_use]
    pub fn without_scopes(self) -> Self {
        self.with_scopes(<[ScopeDef; 0]>::default())
    }

    /// Has signed in as this authentication context demands, such as `c1`.
    #[must_use]
    pub fn with_context(self, context: &str) -> Self {
        self.with_rights(|rights| {
            rights.contexts.insert(context.to_owned());
        })
    }

    /// Adds or replaces a claim of the token, such as `acct` of a guest.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.token = self.token.map(|token| token.claim(name, value));
        self
    }

    /// The object id, as handlers read it from `Caller::object_id`; `None` without a credential.
    #[must_use]
    pub fn object_id(&self) -> Option<Uuid> {
        self.token.as_ref()?.get("oid").as_str()?.parse().ok()
    }

    /// Begins a GET. The path is the whole one, `/api/v1/..`, with a query where wanted.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// Begins a POST.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// Begins a PUT.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// Begins a PATCH.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// Begins a DELETE.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Begins a request of any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = TestRequest::new(&self.service, method, path);
        match &self.token {
            Some(token) => request.header("authorization", &format!("Bearer {}", token.sign())),
            None => request,
        }
    }

    /// Calls an MCP tool.
    ///
    /// # Panics
    /// When what it gives is not what its output schema says; with every difference.
    pub async fn tool(&self, name: &str, arguments: Value) -> ToolAnswer {
        mcp::call(self, name, arguments).await
    }

    /// The names of the MCP tools that the caller is shown, sorted.
    ///
    /// # Panics
    /// When the list is refused, as it is to anybody without a credential.
    pub async fn tools(&self) -> Vec<String> {
        let mut names = self.list("tools/list", ["tools", "name"]).await;
        names.sort_unstable();
        names
    }

    /// Reads an MCP resource.
    pub async fn resource(&self, uri: &str) -> ResourceAnswer {
        reading::read(self, uri).await
    }

    /// The URIs of all resources that the caller is shown, page after page, in the order of the list.
    ///
    /// # Panics
    /// When the list is refused, as it is to anybody without a credential and by an application that has no resources.
    pub async fn resources(&self) -> Vec<String> {
        self.list("resources/list", ["resources", "uri"]).await
    }

    /// The URI templates of the resources that the caller is shown.
    ///
    /// # Panics
    /// When the list is refused, as it is to anybody without a credential and by an application that has no resources.
    pub async fn resource_templates(&self) -> Vec<String> {
        let members = ["resourceTemplates", "uriTemplate"];
        self.list("resources/templates/list", members).await
    }

    /// Asks for an MCP prompt; arguments are text.
    pub async fn prompt(&self, name: &str, arguments: Value) -> PromptAnswer {
        reading::get_prompt(self, name, arguments).await
    }

    /// The names of the MCP prompts that the caller is shown.
    ///
    /// # Panics
    /// When the list is refused, as it is to anybody without a credential and by an application that has no prompts.
    pub async fn prompts(&self) -> Vec<String> {
        self.list("prompts/list", ["prompts", "name"]).await
    }

    async fn list(&self, method: &str, members: [&str; 2]) -> Vec<String> {
        match reading::list_all(self, method, members).await {
            Ok(list) => list,
            Err(response) => panic!("{method} was refused\n{response}"),
        }
    }

    pub(super) fn operations(&self) -> &Operations {
        &self.service.operations
    }

    fn with_rights(mut self, change: impl FnOnce(&mut Rights)) -> Self {
        let (Some(mut rights), Some(before)) = (self.rights.take(), &self.token) else {
            return self;
        };
        change(&mut rights);
        let fresh = self.service.tenant.token(&rights);
        // Who one is does not change with what one may do.
        let token = ["oid", "sub"].into_iter().fold(fresh, |token, claim| {
            token.claim(claim, before.get(claim).clone())
        });
        self.token = Some(token);
        self.rights = Some(rights);
        self
    }
}
