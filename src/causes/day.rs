//! The day on which a comparison is judged: no build is later.

use std::sync::atomic::{AtomicBool, Ordering};

/// The day on which a comparison is judged.
#[derive(Debug, Default)]
pub struct Day {
    /// Its last second, where a day is given.
    end: Option<i64>,
    /// Whether a claim hangs on it.
    decides: AtomicBool,
}

impl Day {
    /// The day with this last second; none where there is none.
    pub const fn ending(end: Option<i64>) -> Self {
        Day { end, decides: AtomicBool::new(false) }
    }

    /// Its last second.
    pub const fn end(&self) -> Option<i64> {
        self.end
    }

    /// Whether the clock of a build may have shown a time, in seconds since 1970: it is not after the day. Without a day
    /// it may have. What is refused for it hangs on the day.
    pub fn admits(&self, seconds: i64) -> bool {
        let admitted = self.end.is_none_or(|end| seconds <= end);
        if !admitted {
            self.decide();
        }
        admitted
    }

    /// Takes note that a claim hangs on the day.
    pub fn decide(&self) {
        self.decides.store(true, Ordering::Relaxed);
    }

    /// Whether a claim hung on the day so far.
    pub fn has_decided(&self) -> bool {
        self.decides.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_after_the_day_hangs_on_it() {
        let day = Day::ending(Some(10));
        assert!(day.admits(10) && !day.has_decided());
        assert!(!day.admits(11) && day.has_decided());
        let none = Day::default();
        assert!(none.admits(i64::MAX) && !none.has_decided());
    }
}
