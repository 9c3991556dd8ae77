//! Where Entra signs people and services in, in each cloud of Microsoft.

/// Hosts of the public cloud, of the one for the government of the United States, and of China (the second name is the
/// older one).
pub(crate) const LOGIN_HOSTS: [&str; 4] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
];

/// Hosts in the names that token services call themselves in v1 tokens and in `idp`. They are compared, never spoken to.
pub(crate) const TOKEN_SERVICE_HOSTS: [&str; 2] = ["sts.windows.net", "sts.chinacloudapi.cn"];
