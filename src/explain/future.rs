//! Times that no build wrote, which no cause claims: after the day on which a comparison is judged, or such that not all
//! who look at a file find the same.

use serde_json::Value as Json;

use crate::causes::View;
use crate::codec::time;
use crate::finding::{Aspect, Sides, Value};

/// Whether either side says such a time, in the terms of the finding: a time of an entry, or a time of a document wherever
/// it stands in the value. Only what would be claimed otherwise is asked, for then it hangs on the day.
pub(super) fn is_told(views: &Sides<View<'_>>) -> bool {
    let told = views.as_ref().map(|view| match (view.aspect, view.value) {
        (Aspect::Mtime | Aspect::Atime | Aspect::Ctime, Value::Json(time)) => {
            !is_admitted(view, seconds(time)) || !is_read_alike(time)
        }
        (_, Value::Json(document)) => tells(view, document),
        _ => false,
    });
    told.original || told.rebuild
}

fn tells(view: &View<'_>, document: &Json) -> bool {
    match document {
        Json::String(text) => !is_admitted(view, time::parse(text).map(|time| time.timestamp())),
        Json::Array(elements) => elements.iter().any(|element| tells(view, element)),
        Json::Object(members) => members.values().any(|member| tells(view, member)),
        _ => false,
    }
}

fn is_admitted(view: &View<'_>, seconds: Option<i64>) -> bool {
    seconds.is_none_or(|seconds| view.day.admits(seconds))
}

/// Nanoseconds that a floating-point number of seconds still holds apart from the next second.
const MOST_NANOSECONDS: u32 = 999_999_000;

/// Whether all find the same time: containerd and Docker set times before 1970 to 1970, podman does not, and CPython takes
/// whole seconds of a floating-point number, which rounds up what is nearly the next second and truncates what is negative.
fn is_read_alike(time: &Json) -> bool {
    let Json::Number(number) = time else { return true };
    let text = number.to_string();
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let nanoseconds = format!("{fraction:0<9.9}").parse().unwrap_or(u32::MAX);
    !text.starts_with('-') && nanoseconds <= MOST_NANOSECONDS
}

/// Whole seconds of a number that may have a fraction.
fn seconds(time: &Json) -> Option<i64> {
    let text = match time {
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    text.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_do_not_agree_on_negative_times_and_nearly_whole_seconds() {
        let is_read_alike = |text: &str| is_read_alike(&serde_json::from_str(text).unwrap());
        for time in ["0", "1795000000", "1795000000.5", "1795000000.999999", "1795000000.1"] {
            assert!(is_read_alike(time), "{time}");
        }
        for time in ["-1", "-0.75", "1795000000.999999999", "1795000000.9999999"] {
            assert!(!is_read_alike(time), "{time}");
        }
    }
}
