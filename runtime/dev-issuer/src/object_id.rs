//! Ids that are the same on every machine and after every restart, so that seeded data may name them.

use uuid::{Builder, Uuid};

/// The tenant (`tid`) that `dev` signs in to; seeded data belongs to accounts of this tenant.
pub const DEV_TENANT_ID: Uuid = object_id_of("tenant of dev");

/// Derives the object id (`oid`) of the account or application with this name.
///
/// It depends on the name alone, so that seeded data may belong to an account: `object_id_of("Analyst")` is the author
/// of the analyst's reports. A version 8 UUID over FNV-1a (128 bit); `const`, so that it may stand in constants.
#[must_use]
pub const fn object_id_of(name: &str) -> Uuid {
    const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = (1 << 88) + 0x13b;

    let bytes = name.as_bytes();
    let mut hash = OFFSET_BASIS;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u128).wrapping_mul(PRIME);
        index += 1;
    }
    Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::{DEV_TENANT_ID, object_id_of};

    #[test]
    fn object_ids_never_change() {
        // Seeded databases name these; a change would orphan their rows.
        let object_ids = ["Admin", "Analyst", "PM", "Viewer", "Ingest"]
            .map(|name| object_id_of(name).to_string());
        assert_eq!(
            object_ids,
            [
                "c9191964-6d83-894f-b080-ebef480a38d4",
                "f23b9ba6-364f-878d-a1d8-e51cc5dfc669",
                "0880951f-e2ab-8be9-9aa0-7330559ff956",
                "6b4cb293-d03c-84bf-aed4-335f0ff98a57",
                "d9defb78-153c-84bf-ae85-c5b89303aebd"
            ]
        );
    }

    #[test]
    fn the_tenant_of_dev_never_changes() {
        assert_eq!(
            DEV_TENANT_ID.to_string(),
            "9d15d15a-2c51-85b5-9335-dc5e47d30ddd"
        );
    }

    #[test]
    fn names_that_differ_in_case_are_different_accounts() {
        assert_ne!(object_id_of("Viewer"), object_id_of("viewer"));
    }
}
