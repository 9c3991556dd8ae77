//! From the token's app-role values to the application's internal roles.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_api_spec::Vocabulary;

/// Entra app-role value -> internal role. Exact names: no case folding, no normalisation.
pub(super) struct RoleMap(BTreeMap<String, String>);

impl RoleMap {
    /// `auth.roles` when it is set, else every declared role under its own name.
    ///
    /// A mapping to a role that is not declared is left out: it could satisfy no rule.
    pub(super) fn new(
        configured: Option<&BTreeMap<String, String>>,
        vocabulary: Vocabulary,
    ) -> Self {
        let is_declared = |name: &str| vocabulary.roles.iter().any(|role| role.name == name);
        Self(match configured {
            Some(map) => map
                .iter()
                .filter(|(_, internal)| is_declared(internal))
                .map(|(value, internal)| (value.clone(), internal.clone()))
                .collect(),
            None => vocabulary
                .roles
                .iter()
                .map(|role| (role.name.to_owned(), role.name.to_owned()))
                .collect(),
        })
    }

    /// The values that stand for an internal role.
    pub(super) fn entra_values(&self, internal_role: &str) -> Vec<&str> {
        let mapped = self.0.iter();
        mapped
            .filter(|(_, internal)| *internal == internal_role)
            .map(|(value, _)| value.as_str())
            .collect()
    }

    /// The internal roles behind these values; values without a mapping are ignored.
    pub(super) fn internal_roles<'a>(
        &self,
        values: impl IntoIterator<Item = &'a str>,
    ) -> BTreeSet<String> {
        values
            .into_iter()
            .filter_map(|value| self.0.get(value).cloned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::VOCABULARY;

    fn names(map: &RoleMap, values: &[&str]) -> Vec<String> {
        map.internal_roles(values.iter().copied())
            .into_iter()
            .collect()
    }

    #[test]
    fn without_a_table_the_declared_names_count_exactly_as_spelled() {
        let map = RoleMap::new(None, VOCABULARY);
        let values = [
            "Viewer", "viewer", "PM ", "Viewe", "Viewers", "Unknown", "ＰＭ",
        ];
        assert_eq!(names(&map, &values), ["Viewer"]);
    }

    #[test]
    fn a_table_replaces_the_identity_map_whole() {
        let table = BTreeMap::from([
            ("Desk.Admin".to_owned(), "Admin".to_owned()),
            ("Desk.Root".to_owned(), "Root".to_owned()),
        ]);
        let map = RoleMap::new(Some(&table), VOCABULARY);
        let values = ["Desk.Admin", "Desk.Root", "Viewer", "Admin"];
        assert_eq!(names(&map, &values), ["Admin"]);
    }
}
