//! # What differs
//!
//! The details of the platform below operating system and architecture: a variant that is the default one on one side
//! and left out on the other (`v8` of arm64, `v1` of amd64), or the last part of the version of Windows.
//!
//! # Why it happens
//!
//! Builders and versions of them differ in whether they write the default variant; BuildKit 0.20 wrote `v8` for a
//! while.
//!
//! # How to fix the build
//!
//! Spell the platform out, and pin the base image by digest.
//!
//! # When it is not harmless
//!
//! A runtime that picks an image from an index by variant may pick another one.

use serde_json::Value as Json;

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Kind, Value};

/// Details of the platform.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-platform-detail",
    title: "Default variant of the platform",
    source: include_str!("config_platform_detail.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: VALUE, field: Field::Like(&["/variant", "/os.version"]), ..Place::CONFIG },
        Place {
            aspects: VALUE,
            field: Field::Like(&["**/platform/variant", "**/platform/os.version"]),
            ..Place::INDEX
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&inputs::PLATFORM, &inputs::PIN_BASE],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = match view.value {
        Value::Absent | Value::Json(Json::Null) => "",
        value => value.as_str()?,
    };
    if view.location.field_name().ends_with("os.version") {
        return windows_build(text).map(|build| build.as_bytes().to_vec());
    }
    let default = match architecture(view)? {
        "arm64" => "v8",
        "amd64" => "v1",
        _ => return None,
    };
    (text.is_empty() || text == default).then(Canonical::new)
}

/// The architecture that the variant is of.
fn architecture<'a>(view: &'a View<'_>) -> Option<&'a str> {
    match view.location.kind {
        Kind::Config => view.image.config.get("architecture")?.as_str(),
        _ => view.location.field_name().strip_suffix("/platform/variant")?.rsplit('/').next()?.split("~1").nth(1),
    }
}

/// `10.0.20348` of `10.0.20348.2113`.
fn windows_build(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split('.').collect();
    let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let revision = parts.get(3)?.len() + 1;
    (parts.len() == 4 && numbers).then(|| text.get(..text.len() - revision)).flatten()
}
