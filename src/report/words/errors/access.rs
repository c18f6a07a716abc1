//! Files and programs that say how a registry is reached.

use std::fmt::{self, Display, Formatter};

use crate::error::{BadLogin, CertificatesOf, Unhelpful, Unread, Unsuitable};

impl Display for CertificatesOf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            CertificatesOf::Host(host) => write!(f, "a certificate for {host}"),
            CertificatesOf::File(path) => f.write_str(path),
        }
    }
}

impl Display for BadLogin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadLogin::NotBase64 => "has an \"auth\" that is not base64",
            BadLogin::NotText => "has an \"auth\" that is not text",
            BadLogin::NoColon => "has an \"auth\" without a colon after the user name",
        })
    }
}

impl Display for Unhelpful {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unhelpful::Answer => {
                f.write_str("did not answer with a JSON object; run it with \"get\" to see what is wrong")
            }
            Unhelpful::DoesNotRun(error) => write!(f, "cannot be run: {error}"),
            Unhelpful::Failed { said: Some(said), .. } => write!(f, "failed: {said}"),
            Unhelpful::Failed { said: None, status } => write!(f, "failed ({status})"),
            Unhelpful::TooMuch(most) => write!(f, "wrote more than {most} bytes"),
            Unhelpful::Slow(seconds) => write!(f, "did not answer within {seconds} seconds"),
            Unhelpful::Unread => f.write_str("cannot be read from"),
            Unhelpful::Lost(error) => write!(f, "cannot be waited for: {error}"),
        }
    }
}

impl Display for Unsuitable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unsuitable::FileSize(path, most) => write!(f, "{path} has more than {most} bytes"),
            Unsuitable::FileMissing(path) => write!(f, "{path}: no such file"),
            Unsuitable::FolderUnread(path, error) => write!(f, "{path}: {error}"),
            Unsuitable::LeadsNowhere(path) => write!(f, "{path} leads to no file"),
            Unsuitable::WithoutKey(path, key) => {
                write!(f, "{path} has no key {key} beside it (an authority's certificate is to end in .crt)")
            }
            Unsuitable::WithoutCertificate(path, name) => write!(f, "{path} has no certificate {name} beside it"),
            Unsuitable::NoCertificate(of) => write!(f, "{of}: holds no certificate in PEM"),
            Unsuitable::BadCertificate(of, said) => {
                write!(f, "{of}: holds a certificate that is not understood: {said}")
            }
            Unsuitable::BadIdentity(host) => {
                write!(f, "the client certificate for {host} and its key are not PEM that is understood")
            }
            Unsuitable::LoginFileMissing(path) => write!(f, "REGISTRY_AUTH_FILE names {path}, which is not there"),
            Unsuitable::LoginsMalformed { name, line, column } => write!(
                f,
                "{name} is not a credential file: malformed at line {line}, column {column}; correct or remove it"
            ),
            Unsuitable::LoginEntry { name, key, problem } => {
                write!(f, "{name}: the entry {key:?} {problem}; log in again")
            }
            Unsuitable::HelperName(name) => write!(
                f,
                "{name:?} cannot be the name of a credential helper; correct \"credHelpers\" or \"credsStore\""
            ),
            Unsuitable::HelperMissing(program) => {
                write!(f, "the credential helper {program} is not on PATH; install it or take its name out of the file")
            }
            Unsuitable::File { path, problem: Unread::System(error) } => write!(f, "{path} cannot be read: {error}"),
            Unsuitable::File { path, problem } => write!(f, "{path} {problem}"),
            Unsuitable::Helper { program, problem } => write!(f, "the credential helper {program} {problem}"),
            Unsuitable::NamedIn { name, problem } => write!(f, "{name}: {problem}"),
        }
    }
}
