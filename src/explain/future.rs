//! Times after the day on which a comparison is judged: no build wrote them, and no cause claims them.

use serde_json::Value as Json;

use crate::causes::View;
use crate::codec::time;
use crate::finding::{Aspect, Sides, Value};

/// Whether either side says a time that is after the day, in the terms of the finding: a time of an entry, or a time of a
/// document wherever it stands in the value. Only what would be claimed otherwise is asked, for then it hangs on the day.
pub(super) fn is_told(views: &Sides<View<'_>>) -> bool {
    let told = views.as_ref().map(|view| match (view.aspect, view.value) {
        (Aspect::Mtime | Aspect::Atime | Aspect::Ctime, Value::Json(time)) => !is_admitted(view, seconds(time)),
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

/// Whole seconds of a number that may have a fraction.
fn seconds(time: &Json) -> Option<i64> {
    let text = match time {
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    text.split('.').next()?.parse().ok()
}
