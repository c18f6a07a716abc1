//! What goes wrong, and when.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Handler, Request, Response};

/// Something that goes wrong with an answer.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The connection ends after this many bytes of the body.
    Cut(u64),
    /// The body ends after this many bytes, and its `Content-Length` says so.
    Truncate(u64),
    /// One byte of the body, at this offset, is another.
    Flip(u64),
    /// Another answer instead: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// A redirect to the same path of another server, given as `http://HOST:PORT`.
    Redirect(String),
    /// A redirect to itself.
    Loop,
    /// The answer comes after this time.
    Late(Duration),
    /// The body comes in pieces of so many bytes, with a pause after each.
    Slow(usize, Duration),
    /// The body never ends.
    Endless,
    /// A header has another value.
    Header(&'static str, String),
    /// All of the body is sent, whatever `Range` asks for.
    IgnoreRange,
    /// The connection ends without an answer.
    HangUp,
}

/// When a fault happens.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Only to this method; to any where empty.
    method: &'static str,
    /// Part of the request's target.
    target: String,
    /// Matching requests that are answered well first.
    skip: usize,
    /// Matching requests after those that the fault happens to.
    times: usize,
    fault: Fault,
}

impl Rule {
    /// Each time that something is asked for whose path or query holds `target`.
    pub(crate) fn always(target: &str, fault: Fault) -> Self {
        Rule { method: "", target: target.to_owned(), skip: 0, times: usize::MAX, fault }
    }

    /// The first time.
    pub(crate) fn once(target: &str, fault: Fault) -> Self {
        Rule::always(target, fault).times(1)
    }

    /// So often at most.
    pub(crate) fn times(self, times: usize) -> Self {
        Rule { times, ..self }
    }

    /// Not before so many requests.
    pub(crate) fn after(self, skip: usize) -> Self {
        Rule { skip, ..self }
    }

    /// Only to this method.
    pub(crate) fn method(self, method: &'static str) -> Self {
        Rule { method, ..self }
    }
}

/// Rules before a handler: the first that fits a request decides.
pub(crate) struct Faults {
    inner: Box<dyn Handler>,
    rules: Mutex<Vec<Rule>>,
}

impl Faults {
    pub(crate) fn before(inner: impl Handler + 'static) -> Arc<Self> {
        Arc::new(Faults { inner: Box::new(inner), rules: Mutex::default() })
    }

    pub(crate) fn add(&self, rule: Rule) {
        self.rules.lock().unwrap().push(rule);
    }

    pub(crate) fn clear(&self) {
        self.rules.lock().unwrap().clear();
    }

    fn fault(&self, request: &Request) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        for rule in rules.iter_mut() {
            let fits = rule.method.is_empty() || rule.method == request.method;
            if !fits || !request.target.contains(&rule.target) || rule.times == 0 {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= 1;
            return Some(rule.fault.clone());
        }
        None
    }
}

impl Handler for Faults {
    fn answer(&self, request: &Request) -> Response {
        let Some(fault) = self.fault(request) else {
            return self.inner.answer(request);
        };
        let well = || self.inner.answer(request);
        match fault {
            Fault::Cut(bytes) => well().map_body(|body| body.take(bytes)),
            Fault::Truncate(bytes) => {
                let well = well();
                let length = well.length.map(|length| length.min(bytes));
                Response { length, ..well }.map_body(|body| body.take(bytes))
            }
            Fault::Flip(at) => well().map_body(|body| Flipped { body, before: Some(at) }),
            Fault::Answer(status, headers, body) => {
                headers.into_iter().fold(Response::new(status, body), |answer, (name, value)| answer.with(name, value))
            }
            Fault::Redirect(to) => Response::new(307, "").with("Location", format!("{to}{}", request.target)),
            Fault::Loop => Response::new(307, "").with("Location", request.target.clone()),
            Fault::Late(time) => {
                std::thread::sleep(time);
                well()
            }
            Fault::Slow(bytes, pause) => Response { pace: Some((bytes, pause)), ..well() },
            Fault::Endless => Response { length: None, ..well() }.map_body(|_| io::repeat(b' ')),
            Fault::Header(name, value) => well().with(name, value),
            Fault::IgnoreRange => {
                let mut request = request.clone();
                request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("range"));
                self.inner.answer(&request)
            }
            Fault::HangUp => Response { silent: true, ..Response::new(200, "") },
        }
    }
}

impl Response {
    fn map_body<R: Read + Send + 'static>(self, map: impl FnOnce(Box<dyn Read + Send>) -> R) -> Self {
        Response { body: Box::new(map(self.body)), ..self }
    }
}

/// A body of which one byte is another.
struct Flipped<R> {
    body: R,
    /// Bytes before that one, while it is still to come.
    before: Option<u64>,
}

impl<R: Read> Read for Flipped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        if let Some(before) = self.before {
            self.before = before.checked_sub(read as u64);
            if let Some(byte) = usize::try_from(before).ok().and_then(|at| buffer[..read].get_mut(at)) {
                *byte ^= 0x55;
                self.before = None;
            }
        }
        Ok(read)
    }
}
