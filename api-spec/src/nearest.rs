//! "did you mean": the nearest known name.

/// Finds the candidate that is nearest to `name`, if any is near enough to be meant.
///
/// The distance is the number of typing mistakes; about one in three letters may be wrong.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&folded, &candidate.to_ascii_lowercase());
            (distance, candidate)
        })
        .min()
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).clamp(1, 6))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["server.bind", "server.body_limit", "auth.tenant_id"];
        let cases = [
            ("a dropped letter", "server.bnd", Some("server.bind")),
            ("swapped letters", "auth.tenatn_id", Some("auth.tenant_id")),
            ("another case", "Auth.Tenant_Id", Some("auth.tenant_id")),
            ("nothing alike", "weather", None),
        ];
        for (case, name, expected) in cases {
            assert_eq!(nearest(name, names), expected, "{case}");
        }
    }
}
