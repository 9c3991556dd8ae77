//! What a vault asks for when a request has no token (Microsoft's "Authentication, requests and responses" of Key Vault).

/// What kind of token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One for vaults.
    ForVaults,
    /// One that it could use elsewhere.
    ForSomethingElse,
}

/// Reads `Bearer authorization="https://login.microsoftonline.com/..", resource="https://vault.azure.net"`. Where there is no
/// `resource`, `scope` says the same with `/.default` at its end.
///
/// `None` when it asks for no such token.
pub(super) fn read(challenge: &str, audience: &str) -> Option<Wanted> {
    let (scheme, parameters) = challenge.trim_start().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let resource = find(parameters, "resource")
        .or_else(|| find(parameters, "scope")?.strip_suffix("/.default"))?;
    Some(match resource.trim_end_matches('/') == audience {
        true => Wanted::ForVaults,
        false => Wanted::ForSomethingElse,
    })
}

/// The value of a parameter. Values are URLs between quotation marks, which escape nothing.
fn find<'a>(mut parameters: &'a str, wanted: &str) -> Option<&'a str> {
    loop {
        let (name, rest) = parameters.split_once("=\"")?;
        let (value, rest) = rest.split_once('"')?;
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        parameters = rest.trim_start().trim_start_matches(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_asks_for_a_token_of_vaults_of_something_else_or_for_none() {
        let vaults = Some(Wanted::ForVaults);
        let elsewhere = Some(Wanted::ForSomethingElse);
        let table = [
            (
                r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net""#,
                vaults,
            ),
            (
                r#"bearer  resource="https://vault.azure.net/",authorization="https://l""#,
                vaults,
            ),
            (
                r#"Bearer authorization="https://l", scope="https://vault.azure.net/.default""#,
                vaults,
            ),
            (
                r#"Bearer authorization="resource=x", resource="https://management.azure.com""#,
                elsewhere,
            ),
            (
                r#"Bearer resource="https://vault.azure.net.evil.example""#,
                elsewhere,
            ),
            (r#"Bearer resource="https://vault.azure.cn""#, elsewhere),
            (r#"Bearer resource="""#, elsewhere),
            (
                r#"Bearer resource="https://management.azure.com", scope="https://vault.azure.net/.default""#,
                elsewhere,
            ),
            (r#"Bearer scope="https://vault.azure.net""#, None),
            (r#"Bearer authorization="https://l""#, None),
            (r#"Bearer resource="https://vault.azure.net"#, None),
            (r#"Basic realm="https://vault.azure.net""#, None),
            ("Bearer", None),
            ("", None),
        ];
        for (challenge, wanted) in table {
            assert_eq!(
                read(challenge, "https://vault.azure.net"),
                wanted,
                "{challenge}"
            );
        }
    }
}
