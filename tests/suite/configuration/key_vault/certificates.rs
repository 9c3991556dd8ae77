//! A certificate authority of this run, and what it vouches for.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The host of a vault in Azure; reached through a proxy that leads elsewhere.
pub(super) const VAULT_HOST: &str = "desk.vault.azure.net";

struct Trust {
    root_pem: String,
    acceptor: TlsAcceptor,
}

/// What `SSL_CERT_FILE` holds.
pub(super) fn root_pem() -> &'static str {
    &trust().root_pem
}

/// Speaks TLS as this machine and as the vault.
pub(super) fn acceptor() -> TlsAcceptor {
    trust().acceptor.clone()
}

fn trust() -> &'static Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST.get_or_init(build)
}

fn build() -> Trust {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().expect("a key can be made");
    let root_certificate = root.self_signed(&root_key).expect("a root can be signed");
    let issuer = Issuer::new(root, root_key);

    let names = ["localhost", "127.0.0.1", VAULT_HOST].map(str::to_owned);
    let leaf = CertificateParams::new(names).expect("these are names");
    let key = KeyPair::generate().expect("a key can be made");
    let certificate = leaf.signed_by(&key, &issuer).expect("a leaf can be signed");

    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the key is PKCS #8");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("key and certificate belong together");
    Trust {
        root_pem: root_certificate.pem(),
        acceptor: TlsAcceptor::from(Arc::new(config)),
    }
}
