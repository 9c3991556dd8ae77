//! The APIs of Microsoft whose tokens are most often mistaken for an application's own.
//!
//! Asked when a token is refused, for the reason code; at start, when a configuration would accept one; and by `smoke`, which
//! sends none to anybody.

/// An API of Microsoft that every tenant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MicrosoftResource {
    Graph,
    AzureManagement,
    AzureAdGraph,
    KeyVault,
    Storage,
    SqlDatabase,
}

impl MicrosoftResource {
    /// The API that an audience names, in any cloud; compared as Entra compares identifiers, without case and final slash.
    pub(crate) fn of_audience(audience: &str) -> Option<Self> {
        let audience = audience.to_ascii_lowercase();
        let audience = audience.trim_end_matches('/');
        let audience = audience.strip_prefix("api://").unwrap_or(audience);
        Some(match audience {
            "00000003-0000-0000-c000-000000000000"
            | "https://graph.microsoft.com"
            | "https://graph.microsoft.us"
            | "https://dod-graph.microsoft.us"
            | "https://microsoftgraph.chinacloudapi.cn" => Self::Graph,
            "797f4846-ba00-4fd7-ba43-dac1f8f63013"
            | "https://management.azure.com"
            | "https://management.core.windows.net"
            | "https://management.usgovcloudapi.net"
            | "https://management.core.usgovcloudapi.net"
            | "https://management.chinacloudapi.cn"
            | "https://management.core.chinacloudapi.cn" => Self::AzureManagement,
            "00000002-0000-0000-c000-000000000000"
            | "https://graph.windows.net"
            | "https://graph.chinacloudapi.cn" => Self::AzureAdGraph,
            "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"
            | "https://vault.azure.net"
            | "https://vault.usgovcloudapi.net"
            | "https://vault.azure.cn" => Self::KeyVault,
            "e406a681-f3d4-42a8-90b6-c2b029497af1" | "https://storage.azure.com" => Self::Storage,
            "022907d3-0f1b-48f7-badc-1ba6abab6d66"
            | "https://database.windows.net"
            | "https://database.usgovcloudapi.net"
            | "https://database.chinacloudapi.cn" => Self::SqlDatabase,
            _ => return None,
        })
    }

    /// The name that people know it by.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Graph => "Microsoft Graph",
            Self::AzureManagement => "Azure Resource Manager",
            Self::AzureAdGraph => "Azure AD Graph",
            Self::KeyVault => "Azure Key Vault",
            Self::Storage => "Azure Storage",
            Self::SqlDatabase => "Azure SQL Database",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_of_microsoft_is_known_in_every_spelling_entra_takes() {
        for (audience, resource) in [
            (
                "00000003-0000-0000-c000-000000000000",
                MicrosoftResource::Graph,
            ),
            (
                "00000003-0000-0000-C000-000000000000",
                MicrosoftResource::Graph,
            ),
            ("https://graph.microsoft.com", MicrosoftResource::Graph),
            ("https://Graph.Microsoft.com/", MicrosoftResource::Graph),
            (
                "https://management.azure.com/",
                MicrosoftResource::AzureManagement,
            ),
            ("https://vault.azure.net", MicrosoftResource::KeyVault),
        ] {
            let found = MicrosoftResource::of_audience(audience);
            assert_eq!(found, Some(resource), "{audience}");
        }
    }

    #[test]
    fn an_applications_own_audience_is_none_of_microsofts() {
        for audience in [
            "api://00001111-aaaa-2222-bbbb-3333cccc4444",
            "https://api.contoso.com",
            "https://graph.microsoft.com.contoso.com",
            "https://contoso.com/graph.microsoft.com",
            "",
        ] {
            let found = MicrosoftResource::of_audience(audience);
            assert_eq!(found, None, "{audience}");
        }
    }
}
