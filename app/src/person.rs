//! People and services of a tenant, as stored data names them.

use portcullis::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody of a tenant: the identity of a caller, as `GET /me` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Person {
    /// The tenant they signed in to.
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    pub tenant_id: Uuid,
    /// Their object id in that tenant.
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    pub object_id: Uuid,
}

impl From<&Caller> for Person {
    fn from(caller: &Caller) -> Self {
        Self {
            tenant_id: caller.tenant_id(),
            object_id: caller.object_id(),
        }
    }
}
