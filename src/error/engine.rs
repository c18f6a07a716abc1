//! Why an engine of this machine did not hand out an image.

use std::time::Duration;

use crate::finding::coded;

/// What names an engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NamedBy {
    /// The environment, by `DOCKER_HOST`.
    Environment,
    /// The context of this name.
    Context(String),
}

/// What else can be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Hint {
    /// Save the image of this name to a file.
    Save(String),
    /// Name the host `localhost`, which what was built here mostly has.
    Localhost,
}

coded! {
    /// Why it is not known where an engine is, or how it is spoken to.
    pub enum Unplaced {
        /// An engine that is reached in this way is not reached from here.
        "engine-scheme" Scheme(String),
        /// This is no way to reach an engine.
        "engine-scheme-unknown" UnknownScheme(String),
        /// An address that is none: why.
        "engine-address" Address(String),
        /// An address without a host.
        "engine-address-host" AddressWithoutHost,
        /// An address with a login.
        "engine-address-login" AddressWithLogin,
        /// `DOCKER_HOST` is not text.
        "engine-host-text" HostNotText,
        /// The context of this name is nowhere, as no directory for contexts is known.
        "engine-context-home" ContextWithoutHome(String),
        /// There is no context of this name in that directory.
        "engine-context-missing" NoContext(String, String),
        /// The context of this name has no engine.
        "engine-context-empty" ContextWithoutEngine(String),
        /// This path of the configuration is no regular file.
        "engine-config-kind" ConfigNotRegular(String),
        /// A file of the configuration is malformed.
        "engine-config-malformed" ConfigMalformed {
            /// The file.
            path: String,
            /// The line, from 1.
            line: usize,
            /// The column, from 1.
            column: usize,
        },
        /// This file cannot be read: what the system says.
        "engine-config-unread" ConfigUnread(String, String),
        /// This file has no certificate.
        "engine-certificate" NoCertificate(String),
        /// This file and the one of that name beside it are no certificate and its key.
        "engine-identity" NoIdentity(String, String),
        /// There is no file of this name beside that file.
        "engine-identity-half" HalfIdentity(String, String),
        ; around
        /// What names the engine is wrong.
        Named {
            /// What that is.
            by: NamedBy,
            /// What is wrong with it.
            problem: Box<Unplaced>,
        },
    }
}

coded! {
    /// Why an engine did not export an image. An endpoint is written as `DOCKER_HOST` has it.
    pub enum Unexported {
        /// It exported an image that is not the one of this id.
        "engine-another-image" AnotherImage(String),
        /// It exported nothing.
        "engine-nothing" Nothing,
        /// No requests can be made: what the system says.
        "engine-setup" Setup(String),
        /// No connection to this endpoint in that time.
        "engine-connect-timeout" ConnectTimeout(String, Duration),
        /// The engine at this endpoint sent nothing for that time.
        "engine-silent" Silent(String, Duration),
        /// The export of the engine at this endpoint broke off: why.
        "engine-broke-off" BrokeOff(String, String),
        /// There is no such endpoint.
        "engine-missing" Missing(String),
        /// Nobody listens at this endpoint.
        "engine-not-running" NotRunning(String),
        /// The user may not use this endpoint.
        "engine-denied" Denied(String),
        /// The engine at this endpoint cannot be reached: why.
        "engine-unreachable" Unreachable(String, String),
        /// It answers with an error.
        "engine-answer" Answer {
            /// Where it is.
            endpoint: String,
            /// The status of HTTP.
            status: u16,
            /// What it says, if anything.
            said: Option<String>,
        },
        /// The export cannot be stored: what the system says.
        "engine-export-storage" NoRoom(String),
        /// The export has more than so many bytes.
        "engine-export-size" TooLarge(u64),
        /// The export cannot be read to its end: what the system says.
        "engine-export-broke-off" ReadBrokeOff(String),
        /// No program that exports is there.
        "engine-program-missing" NoProgram {
            /// The image.
            image: String,
            /// Whether only skopeo could do it.
            skopeo: bool,
        },
        /// The program of this name does not run: what the system says.
        "engine-program-start" DoesNotRun(String, String),
        /// The program of this name failed: its last words, or how it ended.
        "engine-program-failed" ProgramFailed(String, String),
        ; around
        /// It is not known where the engine is, or how it is spoken to.
        Place {
            /// Why.
            problem: Unplaced,
        },
        /// The export by a program failed.
        Program {
            /// Its name.
            name: String,
            /// Why.
            problem: Box<Unexported>,
        },
    }
}

impl Unplaced {
    /// The same, with what names the engine.
    pub(crate) fn named(self, by: NamedBy) -> Self {
        Unplaced::Named { by, problem: Box::new(self) }
    }
}

impl From<Unplaced> for Unexported {
    fn from(problem: Unplaced) -> Self {
        Unexported::Place { problem }
    }
}
