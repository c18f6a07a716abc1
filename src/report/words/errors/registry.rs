//! Registries that do not hand out what was asked for.

use std::fmt::{self, Display, Formatter};

use crate::error::{GivenUp, Server, Unadmitted, Unanswered, Unfetched};

impl Display for Server {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Server::Registry => "the registry",
            Server::Tokens => "the token server",
        })
    }
}

impl Display for GivenUp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            GivenUp::Wait(seconds) => {
                write!(f, "; the server asks to wait {seconds} s (see --limit retry-after-seconds)")
            }
            GivenUp::Tries(1) => f.write_str("; tried once (see --limit transfer-tries)"),
            GivenUp::Tries(times) => write!(f, "; tried {times} times (see --limit transfer-tries)"),
            GivenUp::Resumes => f.write_str(", once too often (see --limit transfer-resumes)"),
        }
    }
}

impl Display for Unfetched {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unfetched::NotAName(why) => write!(f, "not a name that an image in a registry can have: {why}"),
            Unfetched::Capitals => {
                f.write_str("not a name that an image in a registry can have: repositories are in lower case")
            }
            Unfetched::NotADigest(said) | Unfetched::NoThreads(said) => f.write_str(said),
            Unfetched::Ended => f.write_str("another request ended the program"),
            Unfetched::Tls(why) => {
                write!(f, "TLS cannot be set up: {why}; --ca-file names certificates to trust")
            }
            Unfetched::NoHost(why) => write!(f, "there is no host of this name: {why}"),
            Unfetched::Untrusted(problem) => write!(f, "{problem}; --ca-file names certificates to trust"),
            Unfetched::Late(seconds) => {
                write!(f, "the answer took more than {seconds} s (see --limit answer-seconds)")
            }
            Unfetched::TooLarge { most, is_limit } => {
                let hint = if *is_limit { " (see --limit document-bytes)" } else { "" };
                write!(f, "the answer has more than the {most} bytes that are read of it{hint}")
            }
            Unfetched::AnotherDigest(found, promised) => {
                write!(f, "the registry answers with a manifest that has the digest {found}, not {promised}")
            }
            Unfetched::Slow(bytes, seconds) => {
                write!(f, "only {bytes} bytes came in {seconds} s (see --limit transfer-rate-bytes)")
            }
            Unfetched::Truncated => f.write_str("the answer ends too early"),
            Unfetched::TransferTimeout(seconds) => {
                write!(f, "the transfer took more than {seconds} s (see --limit transfer-seconds)")
            }
            Unfetched::AnotherPart => f.write_str("the registry answers with another part than was asked for"),
            Unfetched::ReferrerPages(most) => write!(f, "the list of referrers has more than {most} pages"),
            Unfetched::ReferrerList => f.write_str("the list of referrers is not an image index"),
            Unfetched::Referrers(most) => {
                write!(f, "there are more than {most} referrers (see --limit index-descriptors)")
            }
            Unfetched::Connection { problem } => write!(f, "{problem}"),
            Unfetched::Login { problem } => write!(f, "{problem}"),
            Unfetched::Access { problem } => write!(f, "{problem}"),
            Unfetched::Attachment { problem } => write!(f, "{problem}"),
            Unfetched::GaveUp { why, problem } => write!(f, "{problem}{why}"),
            Unfetched::After { bytes, problem } => write!(f, "after {bytes} bytes: {problem}"),
        }
    }
}

impl Display for Unanswered {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unanswered::NoConnection { host, said } => {
                write!(f, "no connection to {}{}", of(host.as_ref()), after_colon(said.as_ref()))
            }
            Unanswered::ConnectTimeout(host) => {
                write!(f, "no connection to {} in time (see --limit connect-seconds)", of(host.as_ref()))
            }
            Unanswered::AnswerTimeout(host) => {
                write!(f, "no answer from {} in time (see --limit idle-seconds)", of(host.as_ref()))
            }
            Unanswered::BrokeOff { host, said } => {
                write!(f, "the connection to {} broke{}", of(host.as_ref()), after_colon(said.as_ref()))
            }
            Unanswered::Answer { server, status, reason, wait, messages } => {
                write!(f, "{server} answers {status}")?;
                if let Some(reason) = reason {
                    write!(f, " {reason}")?;
                }
                if let Some(wait) = wait {
                    write!(f, ", to try again in {wait} s")?;
                }
                if messages.is_empty() { Ok(()) } else { write!(f, ": {}", messages.join("; ")) }
            }
            Unanswered::RedirectPlain => f.write_str("the registry redirects from https to plain http"),
            Unanswered::Redirects(most) => write!(f, "the registry redirects more than {most} times"),
            Unanswered::RedirectNowhere => f.write_str("the registry redirects to nowhere"),
            Unanswered::RedirectScheme => {
                f.write_str("the registry points at an address that is neither http nor https")
            }
            Unanswered::RedirectHost => {
                f.write_str("the server redirects to another host that is not reached over https")
            }
            Unanswered::RedirectWrite => {
                f.write_str("the registry redirects, and does not say that what is stored may go along")
            }
        }
    }
}

fn of(host: Option<&String>) -> &str {
    host.map_or("the registry", String::as_str)
}

fn after_colon(said: Option<&String>) -> String {
    said.map_or_else(String::new, |said| format!(": {said}"))
}

impl Display for Unadmitted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unadmitted::LoginRefused(answer) => write!(f, "the login is refused: {answer}"),
            Unadmitted::LoginNeeded { registry, answer } => {
                write!(
                    f,
                    "the registry asks for a login: docker login {registry}, or --username with --password-stdin"
                )?;
                in_brackets(answer.as_deref(), f)
            }
            Unadmitted::LoginOverHttp(answer) => {
                f.write_str(
                    "the registry asks for a login, and none is sent over plain http; --plain-http allows that",
                )?;
                in_brackets(answer.as_deref(), f)
            }
            Unadmitted::LoginCharacters => f.write_str("the login holds characters that no request can carry"),
            Unadmitted::NoTokenServer => f.write_str("the registry names no token server"),
            Unadmitted::TokenServerElsewhere => {
                f.write_str("the registry names a token server on another host that is not reached over https")
            }
            Unadmitted::TokenServerPlain => {
                f.write_str("the registry names a token server that is not reached over https")
            }
            Unadmitted::TokenAnswer => f.write_str("the answer of the token server is not understood"),
            Unadmitted::NoToken => f.write_str("the token server gives no token"),
            Unadmitted::TokenForwarded => f.write_str("the token server sends the login on to another server"),
        }
    }
}

fn in_brackets(answer: Option<&Unfetched>, f: &mut Formatter<'_>) -> fmt::Result {
    answer.map_or(Ok(()), |answer| write!(f, " ({answer})"))
}
