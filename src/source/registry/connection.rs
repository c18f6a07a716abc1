//! Connections to hosts: which protocol, which certificates. Redirects are not followed here, and whatever belongs to one
//! host (its client certificate, its own authorities) is not used with another.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Identity, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use super::certificates::{self, HostCertificates};
use super::failure::{Failure, causes, tls_error};
use super::name::{host_of, is_loopback};
use super::small_file;
use crate::error::{CertificatesOf, Unanswered, Unfetched, Unsuitable};
use crate::limits::Limits;
use crate::source::Access;
use crate::source::net;

/// The clients of a run, one for each host.
pub(crate) struct Connections {
    access: Access,
    limits: Limits,
    clients: Mutex<BTreeMap<(Scheme, String), Client>>,
}

/// How a host is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn of(url: &Url) -> Result<Self, Failure> {
        match url.scheme() {
            "http" => Ok(Scheme::Http),
            "https" => Ok(Scheme::Https),
            _ => Err(Failure::permanent(Unanswered::RedirectScheme)),
        }
    }
}

impl Connections {
    pub(crate) fn new(access: Access, limits: &Limits) -> Self {
        Connections { access, limits: *limits, clients: Mutex::default() }
    }

    /// The caps of the run.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The client for an address.
    pub(crate) fn client(&self, url: &Url) -> Result<Client, Failure> {
        let scheme = Scheme::of(url)?;
        let host = host_of(url);
        let key = (scheme, host.clone());
        let poisoned = || Failure::permanent(Unfetched::Ended);
        if let Some(client) = self.clients.lock().map_err(|_| poisoned())?.get(&key) {
            return Ok(client.clone());
        }
        // Built without the lock: reading the system's certificates takes a while. The last one built is kept.
        let client = self.build(scheme, &host).map_err(Failure::permanent)?;
        self.clients.lock().map_err(|_| poisoned())?.insert(key, client.clone());
        Ok(client)
    }

    /// How a registry is spoken to: http where the user said so; on this machine, where registries for testing rarely
    /// have certificates, also where it turns out to speak nothing else; https everywhere else.
    pub(crate) async fn scheme(&self, host: &str) -> Result<Scheme, Failure> {
        if self.access.plain_http {
            return Ok(Scheme::Http);
        }
        if !is_loopback(host) {
            return Ok(Scheme::Https);
        }
        let url = address(Scheme::Https, host, "/v2/")?;
        match self.client(&url)?.get(url).send().await {
            Err(error) if not_tls(&error) => Ok(Scheme::Http),
            _ => Ok(Scheme::Https),
        }
    }

    /// Whether something that was asked for over https may be answered over http.
    pub(crate) fn may_downgrade(&self) -> bool {
        self.access.plain_http
    }

    fn build(&self, scheme: Scheme, host: &str) -> Result<Client, Unfetched> {
        net::tls_ready();
        let limits = &self.limits;
        let mut builder = Client::builder()
            .user_agent(concat!("reprove/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(limits.connect_seconds))
            .read_timeout(Duration::from_secs(limits.idle_seconds));
        // As every tool written in Go has it: what is on this machine is not behind a proxy.
        if is_loopback(host) {
            builder = builder.no_proxy();
        }
        builder = match scheme {
            // No certificates are needed, and a system without any can still speak http.
            Scheme::Http => builder.tls_certs_only([]),
            Scheme::Https => self.trust(builder, host)?,
        };
        builder.build().map_err(|error| Unfetched::Tls(error.to_string()))
    }

    fn trust(&self, builder: ClientBuilder, host: &str) -> Result<ClientBuilder, Unsuitable> {
        let HostCertificates { authorities, identity } = certificates::for_host(host, &self.access.environment)?;
        let mut builder = builder.tls_danger_accept_invalid_certs(self.access.insecure);
        for pem in authorities {
            builder = builder.tls_certs_merge(authorities_in(&pem, &CertificatesOf::Host(host.to_owned()))?);
        }
        if let Some(path) = &self.access.ca_file {
            let name = path.display().to_string();
            let pem = small_file(path)?.ok_or_else(|| Unsuitable::FileMissing(name.clone()))?;
            builder = builder.tls_certs_merge(authorities_in(&pem, &CertificatesOf::File(name))?);
        }
        if let Some(pem) = identity {
            let identity = Identity::from_pem(&pem).map_err(|_| Unsuitable::BadIdentity(host.to_owned()))?;
            builder = builder.identity(identity);
        }
        Ok(builder)
    }
}

fn authorities_in(pem: &[u8], of: &CertificatesOf) -> Result<Vec<Certificate>, Unsuitable> {
    let none = || Unsuitable::NoCertificate(of.clone());
    let mut found = Vec::new();
    for der in CertificateDer::pem_slice_iter(pem) {
        let der = der.map_err(|_| none())?;
        // Looked at here, where it is known which file it is from.
        let checked = rustls::RootCertStore::empty().add(der.clone());
        checked.map_err(|error| Unsuitable::BadCertificate(of.clone(), error.to_string()))?;
        found.push(Certificate::from_der(&der).map_err(|_| none())?);
    }
    if found.is_empty() { Err(none()) } else { Ok(found) }
}

/// Whether the other end does not speak TLS at all, which a certificate that is not trusted does not mean.
fn not_tls(error: &reqwest::Error) -> bool {
    match tls_error(error) {
        Some(rustls::Error::InvalidMessage(_)) => true,
        Some(_) => false,
        None => error.is_connect() && closed(error),
    }
}

/// Whether the connection was closed without a word, as some servers answer a TLS greeting.
fn closed(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    let io = causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| matches!(io.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted))
}

/// The address of something at a host.
pub(crate) fn address(scheme: Scheme, host: &str, path: &str) -> Result<Url, Failure> {
    Url::parse(&format!("{}://{host}{path}", scheme.name()))
        .map_err(|error| Failure::permanent(Unfetched::NoHost(error.to_string())))
}

/// Whether two addresses are of one host, whatever the port. The names of this machine are one.
pub(crate) fn same_host(one: &Url, other: &Url) -> bool {
    let is_local = |url: &Url| url.host_str().is_some_and(is_loopback);
    one.host() == other.host() || is_local(one) && is_local(other)
}
