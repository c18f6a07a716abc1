//! Why a registry did not hand something out, in one sentence that is safe to show.

use std::error::Error as _;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use oci_distribution::errors::OciEnvelope;
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::name::host_of;
use super::retry;
use crate::error::{GivenUp, Server, Unanswered, Unfetched, shown};
use crate::limits::Limits;
use crate::source::Secret;

/// A request that did not lead to what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) problem: Unfetched,
}

/// What can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: the registry does not have it.
    Missing,
    /// Nothing: there is no such part of it.
    Unsatisfiable,
    /// Nothing: the registry does not know what is asked, or not in this form.
    Unknown,
    /// Looking again: what was to be replaced is another by now.
    Changed,
    /// Showing another login.
    Refused,
    /// Nothing, as things are: no trust, no understanding.
    Permanent,
    /// Trying again, after a while if the server asked for it.
    Transient(Option<Duration>),
}

impl Failure {
    pub(crate) fn permanent(problem: impl Into<Unfetched>) -> Self {
        Failure { kind: Kind::Permanent, problem: problem.into() }
    }

    /// An answer that came, but too slowly: another try takes as long.
    pub(crate) fn late(limits: &Limits) -> Self {
        Failure::permanent(Unfetched::Late(limits.answer_seconds))
    }

    pub(crate) fn transient(problem: impl Into<Unfetched>) -> Self {
        Failure { kind: Kind::Transient(None), problem: problem.into() }
    }

    /// A request without an answer. Addresses are left out: those of redirects may be signed.
    pub(crate) fn of_request(error: &reqwest::Error) -> Self {
        let problem = deepest(error);
        // Another try does not make a certificate good.
        match tls_error(error) {
            Some(rustls::Error::InvalidCertificate(_)) => {
                Failure::permanent(Unfetched::Untrusted(Box::new(problem.into())))
            }
            Some(rustls::Error::AlertReceived(_)) => Failure::permanent(problem),
            _ if error.is_builder() => Failure::permanent(problem),
            _ => Failure::transient(problem),
        }
    }

    /// The same where no further try is made.
    pub(crate) fn given_up(self, why: GivenUp) -> Self {
        Failure { problem: Unfetched::GaveUp { why, problem: Box::new(self.problem) }, ..self }
    }

    pub(crate) fn into_io(self) -> io::Error {
        let kind = match self.kind {
            Kind::Missing => io::ErrorKind::NotFound,
            Kind::Refused | Kind::Permanent | Kind::Unsatisfiable | Kind::Unknown | Kind::Changed => {
                io::ErrorKind::PermissionDenied
            }
            Kind::Transient(_) => io::ErrorKind::ConnectionAborted,
        };
        io::Error::new(kind, self.problem)
    }
}

/// What a request failed of: the last of its causes is the one that says something.
fn deepest(error: &reqwest::Error) -> Unanswered {
    let host = error.url().map(host_of);
    match (error.is_connect(), error.is_timeout()) {
        (false, true) => return Unanswered::AnswerTimeout(host),
        (true, true) if causes(error).next().is_some() => return Unanswered::ConnectTimeout(host),
        _ => {}
    }
    let said = causes(error).last().map(|cause| shown(&cause.to_string()));
    if error.is_connect() { Unanswered::NoConnection { host, said } } else { Unanswered::BrokeOff { host, said } }
}

/// The TLS error at the bottom of a failed request, if that is what it failed of.
pub(crate) fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The causes of an error, outermost first.
pub(crate) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| next_cause(*cause))
}

/// An error that is wrapped in an I/O error is not its source, but is it.
fn next_cause<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a (dyn std::error::Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}

/// Bytes of an error's body that are looked at.
const BODY: usize = 64 << 10;
/// Messages of an error's body that are shown.
const MESSAGES: usize = 3;

/// What an answer that is no success says.
///
/// Its body only adds to it: one that does not come in time is passed over.
pub(crate) async fn of_answer(response: Response, server: Server, limits: &Limits) -> Failure {
    let status = response.status();
    let after = retry::retry_after(response.headers(), SystemTime::now());
    let kind = match status {
        StatusCode::NOT_FOUND => Kind::Missing,
        StatusCode::RANGE_NOT_SATISFIABLE => Kind::Unsatisfiable,
        StatusCode::PRECONDITION_FAILED => Kind::Changed,
        StatusCode::BAD_REQUEST
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::NOT_ACCEPTABLE
        | StatusCode::NOT_IMPLEMENTED => Kind::Unknown,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Kind::Refused,
        other if retry::is_transient(other) => Kind::Transient(after),
        _ => Kind::Permanent,
    };
    let problem = Unanswered::Answer {
        server,
        status: status.as_u16(),
        reason: status.canonical_reason().map(str::to_owned),
        wait: after.filter(|_| retry::is_transient(status)).map(|after| after.as_secs()),
        messages: messages(&start_of_body(response, within(limits)).await),
    };
    Failure { kind, problem: problem.into() }
}

/// When an answer that begins now has to be there.
pub(crate) fn within(limits: &Limits) -> Instant {
    Instant::now() + Duration::from_secs(limits.answer_seconds)
}

async fn start_of_body(mut response: Response, deadline: Instant) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Ok(Some(piece))) = timeout_at(deadline, response.chunk()).await {
        body.extend_from_slice(&piece);
        if body.len() >= BODY {
            body.truncate(BODY);
            break;
        }
    }
    body
}

/// The messages of an error body (distribution specification, "Error Codes"); nothing of a body in another form.
fn messages(body: &[u8]) -> Vec<String> {
    let Ok(envelope) = serde_json::from_slice::<OciEnvelope>(body) else { return Vec::new() };
    let texts = envelope.errors.iter().map(|error| error.message.trim()).filter(|message| !message.is_empty());
    texts.take(MESSAGES).map(shown).collect()
}

/// Everything that must not be shown, whoever says it: a server may repeat what it was sent.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<Vec<Secret>>);

impl Secrets {
    pub(crate) fn add(&self, text: &str) {
        if let Ok(mut secrets) = self.0.lock()
            && text.len() >= 4
            && !secrets.iter().any(|secret| secret.expose() == text)
        {
            secrets.push(Secret::new(text));
        }
    }

    /// The failure, without any of them.
    pub(crate) fn scrub(&self, failure: Failure) -> Failure {
        let Ok(secrets) = self.0.lock() else { return failure };
        let problem = secrets.iter().fold(failure.problem, |problem, secret| problem.without(secret.expose()));
        Failure { problem, ..failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Unadmitted;

    #[test]
    fn messages_of_a_registry_are_escaped_and_few() {
        let body = br#"{"errors":[{"code":"DENIED","message":"no \u001b[2J way"},{"code":"DENIED","message":""}]}"#;
        assert_eq!(messages(body), ["no \\u{1b}[2J way"]);
        assert_eq!(messages(b"<html>"), Vec::<String>::new());
        let many = r#"{"code":"DENIED","message":"x"},"#.repeat(10);
        let many = format!(r#"{{"errors":[{}]}}"#, many.trim_end_matches(','));
        assert_eq!(messages(many.as_bytes()).len(), MESSAGES);
    }

    #[test]
    fn secrets_are_not_repeated() {
        let secrets = Secrets::default();
        secrets.add("hunter2");
        secrets.add("a");
        let messages = vec!["denied".to_owned(), "a bad password: hunter2".to_owned()];
        let answer = Unanswered::Answer { server: Server::Registry, status: 401, reason: None, wait: None, messages };
        let refused = Unadmitted::LoginRefused(Box::new(answer.into()));
        let failure = Failure::permanent(refused).given_up(GivenUp::Tries(1));
        let words = secrets.scrub(failure).problem.to_string();
        assert!(words.contains("a bad password: (secret)") && !words.contains("hunter2"), "{words}");
    }
}
