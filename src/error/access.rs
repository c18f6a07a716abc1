//! What is wrong with the files and programs that say how a registry is reached.

use super::file::Unread;
use crate::finding::coded;

/// Where certificates are from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CertificatesOf {
    /// The directory for this host.
    Host(String),
    /// This file.
    File(String),
}

/// What is wrong with the text of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BadLogin {
    /// It is not base64.
    NotBase64,
    /// It is not text.
    NotText,
    /// There is no colon after the name.
    NoColon,
}

coded! {
    /// Why a program that keeps logins did not hand one out.
    pub enum Unhelpful {
        /// It did not answer with a JSON object.
        "login-helper-answer" Answer,
        /// It cannot be run: what the system says.
        "login-helper-start" DoesNotRun(String),
        /// It failed: its complaint, or how it ended.
        "login-helper-failed" Failed {
            /// The first line of its complaint, if there is one.
            said: Option<String>,
            /// How it ended.
            status: String,
        },
        /// It wrote more than so many bytes.
        "login-helper-size" TooMuch(u64),
        /// It did not answer within so many seconds.
        "login-helper-timeout" Slow(u64),
        /// What it writes cannot be read.
        "login-helper-unread" Unread,
        /// It cannot be waited for: what the system says.
        "login-helper-lost" Lost(String),
    }
}

coded! {
    /// What is wrong with a file or program that says how a registry is reached.
    pub enum Unsuitable {
        /// This file has more than so many bytes.
        "access-file-size" FileSize(String, u64),
        /// There is no such file.
        "access-file-missing" FileMissing(String),
        /// This directory of certificates cannot be read: what the system says.
        "certificates-unread" FolderUnread(String, String),
        /// This name leads to no file.
        "certificates-nowhere" LeadsNowhere(String),
        /// This certificate has no key of that name beside it.
        "certificates-without-key" WithoutKey(String, String),
        /// This key has no certificate of that name beside it.
        "certificates-without-certificate" WithoutCertificate(String, String),
        /// There is no certificate in it.
        "certificates-none" NoCertificate(CertificatesOf),
        /// A certificate in it is not understood: what its reader says.
        "certificates-malformed" BadCertificate(CertificatesOf, String),
        /// The client certificate for this host is not understood.
        "certificates-identity" BadIdentity(String),
        /// The file that `REGISTRY_AUTH_FILE` names is not there.
        "login-file-missing" LoginFileMissing(String),
        /// A file of logins is malformed.
        "login-file-malformed" LoginsMalformed {
            /// The file, or the variable that holds it.
            name: String,
            /// The line, from 1.
            line: usize,
            /// The column, from 1.
            column: usize,
        },
        /// An entry of a file of logins cannot be decoded.
        "login-entry" LoginEntry {
            /// The file, or the variable that holds it.
            name: String,
            /// What the entry is for.
            key: String,
            /// What is wrong with it.
            problem: BadLogin,
        },
        /// This cannot be the name of a program that keeps logins.
        "login-helper-name" HelperName(String),
        /// The program of this name is not there.
        "login-helper-missing" HelperMissing(String),
        ; around
        /// A file is not read.
        File {
            /// The file.
            path: String,
            /// Why.
            problem: Unread,
        },
        /// A program that keeps logins did not hand one out.
        Helper {
            /// The program.
            program: String,
            /// Why.
            problem: Unhelpful,
        },
        /// What a file of logins names is wrong.
        NamedIn {
            /// The file, or the variable that holds it.
            name: String,
            /// What is wrong with it.
            problem: Box<Unsuitable>,
        },
    }
}
