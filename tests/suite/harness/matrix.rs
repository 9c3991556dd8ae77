//! The access matrix as the binary prints it: what every operation must answer to every kind of caller.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Program, Tenant, Token};

/// `app matrix --format json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Matrix {
    pub(crate) callers: Vec<MatrixCaller>,
    pub(crate) operations: Vec<MatrixOperation>,
}

/// One kind of caller.
#[derive(Debug, Deserialize)]
pub(crate) struct MatrixCaller {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) roles: Vec<String>,
    pub(crate) scopes: Vec<String>,
}

/// One operation and its answers, by caller id.
#[derive(Debug, Deserialize)]
pub(crate) struct MatrixOperation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) operation_id: String,
    pub(crate) tool: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) denials: BTreeMap<String, String>,
}

impl Matrix {
    /// Asks the binary.
    pub(crate) async fn read() -> Self {
        let printed = Program::bare().run(&["matrix", "--format", "json"]).await;
        assert_eq!(printed.exit_code, Some(0), "{}", printed.stderr);
        let matrix: Self = serde_json::from_str(&printed.stdout).expect("the matrix is JSON");
        // An empty matrix would let every test over it pass.
        assert!(matrix.operations.len() >= 10, "{}", printed.stdout);
        for kind in ["anonymous", "user", "application", "poc"] {
            let has_kind = matrix.callers.iter().any(|caller| caller.kind == kind);
            assert!(has_kind, "no caller of kind {kind}");
        }
        matrix
    }
}

impl Matrix {
    /// How many operations admit a caller.
    pub(crate) fn allowed(&self, caller: &MatrixCaller) -> usize {
        let operations = self.operations.iter();
        operations.filter(|it| it.answer(caller) == "allow").count()
    }
}

impl MatrixCaller {
    /// A token with exactly these rights; `None` for callers who send none.
    pub(crate) fn token(&self, tenant: &Tenant) -> Option<Token> {
        let roles = self.roles.iter().map(String::as_str).collect::<Vec<_>>();
        match self.kind.as_str() {
            "anonymous" | "poc" => None,
            // Entra always sends a user's token with some scope, and a token with neither scope nor role is none.
            "user" if self.scopes.is_empty() => {
                Some(tenant.user(&roles).claim("scp", "Unrelated.Read"))
            }
            "user" => Some(tenant.user(&roles).claim("scp", self.scopes.join(" "))),
            "application" if roles.is_empty() => {
                let token = tenant.application(&roles);
                Some(token.claim("roles", json!(["Unrelated.Role"])))
            }
            "application" => Some(tenant.application(&roles)),
            other => panic!("a kind of caller that the suite does not know: {other}"),
        }
    }
}

impl MatrixOperation {
    /// `GET /api/v1/me`
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What the matrix says of this caller: `allow`, `401` or `403`.
    pub(crate) fn answer(&self, caller: &MatrixCaller) -> &str {
        &self.answers[&caller.id]
    }

    /// Why this caller is refused, if so.
    pub(crate) fn denial(&self, caller: &MatrixCaller) -> Option<&str> {
        self.denials.get(&caller.id).map(String::as_str)
    }
}
