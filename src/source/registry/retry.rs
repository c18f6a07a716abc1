//! When a request is made again: after what, how often, and how long is waited.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::error::GivenUp;
use crate::limits::Limits;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait that nobody asked for.
const LONGEST: Duration = Duration::from_secs(10);

/// How often one thing was tried.
pub(crate) struct Tries {
    failed: u32,
    most: u32,
    longest_wait: Duration,
}

impl Tries {
    pub(crate) fn new(limits: &Limits) -> Self {
        Tries { failed: 0, most: limits.transfer_tries, longest_wait: Duration::from_secs(limits.retry_after_seconds) }
    }

    /// There was progress: what failed before does not count any more.
    pub(crate) fn forget(&mut self) {
        self.failed = 0;
    }

    /// Counts a failure: how long to wait for the next try, or why there is none. A server that asks for more patience
    /// than is allowed is not tried again.
    ///
    /// # Errors
    /// Why there is no next try.
    pub(crate) fn next(&mut self, asked: Option<Duration>) -> Result<Duration, GivenUp> {
        self.failed += 1;
        if let Some(asked) = asked.filter(|asked| *asked > self.longest_wait) {
            return Err(GivenUp::Wait(asked.as_secs()));
        }
        if self.failed >= self.most {
            return Err(GivenUp::Tries(self.failed));
        }
        let doubled = FIRST.saturating_mul(1 << (self.failed - 1).min(10)).min(LONGEST);
        let wait = jittered(doubled);
        Ok(asked.map_or(wait, |asked| asked.max(wait)))
    }
}

/// Between half and the whole of a time, so that clients that failed together do not come back together.
pub(crate) fn jittered(time: Duration) -> Duration {
    let jitter = (RandomState::new().build_hasher().finish() % 512) as u32;
    time * (512 + jitter) / 1024
}

/// Whether another try may help (RFC 9110, section 15): too many requests, or trouble of the server's own.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// What `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(SystemTime::from(date).duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
        retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        for text in ["", "-1", "soon", "99999999999999999999"] {
            assert_eq!(asked(text), None, "{text}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let mut tries = Tries::new(&Limits { transfer_tries: 4, ..Limits::default() });
        for (least, most) in [(100, 200), (200, 400), (400, 800)] {
            let wait = tries.next(None).unwrap().as_millis();
            assert!((least..=most).contains(&wait), "{wait}");
        }
        assert_eq!(tries.next(None), Err(GivenUp::Tries(4)));
        tries.forget();
        assert!(tries.next(None).is_ok());
    }

    #[test]
    fn a_server_is_given_the_time_it_asks_for_up_to_a_limit() {
        let limits = Limits { retry_after_seconds: 60, ..Limits::default() };
        assert_eq!(Tries::new(&limits).next(Some(Duration::from_secs(60))), Ok(Duration::from_secs(60)));
        let refused = Tries::new(&limits).next(Some(Duration::from_secs(61))).unwrap_err();
        assert_eq!(refused, GivenUp::Wait(61));
    }

    #[test]
    fn only_trouble_that_may_pass_is_transient() {
        let transient = |code| is_transient(StatusCode::from_u16(code).unwrap());
        assert!([408, 429, 500, 502, 503, 504].into_iter().all(transient));
        assert!(![200, 206, 301, 400, 401, 403, 404, 416, 501].into_iter().any(transient));
    }
}
