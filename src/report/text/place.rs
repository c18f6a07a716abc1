//! Where something is, in one line.

use super::value::range;
use crate::finding::Kind;
use crate::report::{Location, Maybe};

/// The location as people say it: `layer 3 · usr/lib/app.jar » META-INF/MANIFEST.MF · field · bytes 0x8..0xc`.
pub(in crate::report) fn place(location: &Location) -> String {
    let mut parts = Vec::new();
    match location.kind {
        Kind::Index => parts.push("index".to_owned()),
        Kind::Manifest => parts.push("manifest".to_owned()),
        Kind::Config => parts.push("config".to_owned()),
        Kind::Layer | Kind::Entry => {}
    }
    parts.extend(location.layer.as_ref().map(|layer| format!("layer {}", layer_number(layer))));
    if let Some(attestation) = &location.attestation {
        parts.push(
            format!("attestation of {} {}", attestation.platform, attestation.predicate_type).trim_end().to_owned(),
        );
    }
    if let Some(path) = &location.path {
        let root = if path.is_empty() { "/" } else { path };
        let members: String = location.inside.iter().map(|member| format!(" » {member}")).collect();
        parts.push(format!("{root}{members}"));
    }
    parts.extend(location.field.as_ref().filter(|field| !field.is_empty()).map(ToString::to_string));
    parts.extend(location.range.as_ref().map(|ranges| format!("bytes {}", both(ranges, |at| range(*at)))));
    parts.join(" · ")
}

/// A layer's number, or both where the sides count differently.
pub(in crate::report) fn layer_number(layer: &Maybe<u32>) -> String {
    both(layer, ToString::to_string)
}

/// One text where the sides agree or one is absent, else both.
fn both<T: PartialEq>(pair: &Maybe<T>, show: impl Fn(&T) -> String) -> String {
    match (&pair.original, &pair.rebuild) {
        (Some(original), Some(rebuild)) if original == rebuild => show(original),
        (Some(original), Some(rebuild)) => format!("{} (original), {} (rebuild)", show(original), show(rebuild)),
        (Some(original), None) => format!("{} (original only)", show(original)),
        (None, Some(rebuild)) => format!("{} (rebuild only)", show(rebuild)),
        (None, None) => String::new(),
    }
}
