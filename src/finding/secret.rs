//! What must not be shown.

/// A kind of secret that is never shown, not even as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// A private key in PEM, OpenSSH or PKCS form.
    PrivateKey,
    /// A crypt(3) password hash.
    PasswordHash,
    /// The value of a build argument.
    BuildArgument,
    /// A value whose name says that it is secret.
    NamedSecret,
    /// A random identity of a host.
    HostIdentity,
}

impl Secret {
    /// What it is called where it is withheld.
    pub const fn name(self) -> &'static str {
        match self {
            Secret::PrivateKey => "private key",
            Secret::PasswordHash => "password hash",
            Secret::BuildArgument => "build argument",
            Secret::NamedSecret => "named secret",
            Secret::HostIdentity => "host identity",
        }
    }
}
