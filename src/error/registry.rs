//! Why a registry did not hand out what was asked for.

use super::access::Unsuitable;
use super::attachment::Unattached;
use crate::finding::coded;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Server {
    /// The registry.
    Registry,
    /// The server that hands out tokens for it.
    Tokens,
}

/// Why no further try was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum GivenUp {
    /// The server asks to wait for so many seconds.
    Wait(u64),
    /// It was tried so many times.
    Tries(u32),
    /// A transfer was taken up again too often.
    Resumes,
}

coded! {
    /// Why a request got no answer that can be used.
    pub enum Unanswered {
        /// No connection.
        "registry-no-connection" NoConnection {
            /// To which host; absent where it is the registry's.
            host: Option<String>,
            /// Why, where that is known.
            said: Option<String>,
        },
        /// No connection in time.
        "registry-connect-timeout" ConnectTimeout(Option<String>),
        /// No answer in time.
        "registry-answer-timeout" AnswerTimeout(Option<String>),
        /// The connection broke.
        "registry-broke-off" BrokeOff {
            /// To which host; absent where it is the registry's.
            host: Option<String>,
            /// Why, where that is known.
            said: Option<String>,
        },
        /// A server answers with an error.
        "registry-answer" Answer {
            /// Which.
            server: Server,
            /// The status of HTTP.
            status: u16,
            /// What that status means, where it is a known one.
            reason: Option<String>,
            /// Seconds after which it may be asked again.
            wait: Option<u64>,
            /// What it says.
            messages: Vec<String>,
        },
        /// The registry redirects from https to plain http.
        "registry-redirect-plain" RedirectPlain,
        /// It redirects more than so many times.
        "registry-redirects" Redirects(usize),
        /// It redirects to nowhere.
        "registry-redirect-nowhere" RedirectNowhere,
        /// It points at an address that is neither http nor https.
        "registry-redirect-scheme" RedirectScheme,
        /// A server redirects to another host that is not reached over https.
        "registry-redirect-host" RedirectHost,
        /// The registry redirects, and does not say that what is stored may go along.
        "registry-redirect-write" RedirectWrite,
    }
}

coded! {
    /// Why a registry does not let us in.
    pub enum Unadmitted {
        /// The login is refused: the answer.
        "registry-login-refused" LoginRefused(Box<Unfetched>),
        /// A login is needed.
        "registry-login-needed" LoginNeeded {
            /// For which registry.
            registry: String,
            /// The answer that says so, where there is more in it.
            answer: Option<Box<Unfetched>>,
        },
        /// A login is needed, and none is sent over plain http: the answer, where there is more in it.
        "registry-login-plain" LoginOverHttp(Option<Box<Unfetched>>),
        /// The login has characters that no request can carry.
        "registry-login-characters" LoginCharacters,
        /// No token server is named.
        "registry-token-server" NoTokenServer,
        /// The token server is on another host and not reached over https.
        "registry-token-server-elsewhere" TokenServerElsewhere,
        /// The token server is not reached over https.
        "registry-token-server-plain" TokenServerPlain,
        /// The answer of the token server is not understood.
        "registry-token-answer" TokenAnswer,
        /// The token server gives no token.
        "registry-token" NoToken,
        /// The token server sends the login on to another server.
        "registry-token-forwarded" TokenForwarded,
    }
}

coded! {
    /// Why a registry did not hand out what was asked for.
    pub enum Unfetched {
        /// No image of a registry can have the name: why.
        "registry-name" NotAName(String),
        /// The name of a repository has capitals.
        "registry-name-capitals" Capitals,
        /// The digest in the name is none: what its reader says.
        "registry-name-digest" NotADigest(String),
        /// No requests can be made: what the system says.
        "registry-threads" NoThreads(String),
        /// Another request ended the program.
        "registry-ended" Ended,
        /// TLS cannot be set up: why.
        "registry-tls" Tls(String),
        /// There is no host of the name: why.
        "registry-host" NoHost(String),
        /// The certificate is not trusted.
        "registry-certificate" Untrusted(Box<Unfetched>),
        /// The answer took more than so many seconds.
        "registry-late" Late(u64),
        /// The answer has more than so many bytes.
        "registry-size" TooLarge {
            /// How many.
            most: u64,
            /// Whether that is the user's limit of documents.
            is_limit: bool,
        },
        /// The manifest has the first digest and not the second one.
        "registry-another-digest" AnotherDigest(String, String),
        /// Only so many bytes came in so many seconds.
        "registry-slow" Slow(u64, u64),
        /// The answer ends too early.
        "registry-truncated" Truncated,
        /// The transfer took more than so many seconds.
        "registry-transfer-timeout" TransferTimeout(u64),
        /// The answer is another part than was asked for.
        "registry-another-part" AnotherPart,
        /// The list of referrers has more than so many pages.
        "registry-referrer-pages" ReferrerPages(usize),
        /// The list of referrers is no image index.
        "registry-referrer-list" ReferrerList,
        /// There are more than so many referrers.
        "registry-referrers" Referrers(usize),
        ; around
        /// The connection did not bring an answer that can be used.
        Connection {
            /// Why.
            problem: Unanswered,
        },
        /// The registry does not let us in.
        Login {
            /// Why.
            problem: Unadmitted,
        },
        /// What says how the registry is reached is wrong.
        Access {
            /// What is wrong with it.
            problem: Unsuitable,
        },
        /// What belongs beside an image could not be read or put there.
        Attachment {
            /// Why.
            problem: Unattached,
        },
        /// No further try was made.
        GaveUp {
            /// Why.
            why: GivenUp,
            /// What came of the last one.
            problem: Box<Unfetched>,
        },
        /// Something had come in by then.
        After {
            /// How many bytes.
            bytes: u64,
            /// What came then.
            problem: Box<Unfetched>,
        },
    }
}

impl std::error::Error for Unfetched {}

impl From<Unanswered> for Unfetched {
    fn from(problem: Unanswered) -> Self {
        Unfetched::Connection { problem }
    }
}

impl From<Unadmitted> for Unfetched {
    fn from(problem: Unadmitted) -> Self {
        Unfetched::Login { problem }
    }
}

impl From<Unattached> for Unfetched {
    fn from(problem: Unattached) -> Self {
        Unfetched::Attachment { problem }
    }
}

impl From<Unsuitable> for Unfetched {
    fn from(problem: Unsuitable) -> Self {
        Unfetched::Access { problem }
    }
}
