//! Members of provenance statements.

use crate::causes::pattern::fits;
use crate::finding::{Kind, Location};
use crate::image::provenance::PREDICATE_TYPE;

/// What the words in capitals stand for in patterns of members.
const PLACES: &[(&str, &[&str])] = &[
    (
        "BUILDKIT",
        &[
            "metadata/https:~1~1mobyproject.org~1buildkit@v1#metadata",
            "runDetails/metadata/buildkit_metadata",
            "runDetails/metadata/https:~1~1mobyproject.org~1buildkit@v1#metadata",
        ],
    ),
    ("CONFIG", &["buildConfig", "buildDefinition/internalParameters/buildConfig"]),
    ("ARGUMENTS", &["invocation/parameters/args", "buildDefinition/externalParameters/request/args"]),
    ("REQUEST", &["invocation/parameters", "buildDefinition/externalParameters/request"]),
    ("SOURCE", &["invocation/configSource", "buildDefinition/externalParameters/configSource"]),
    ("MATERIALS", SETS),
];

/// Members that are sets: their sequence says nothing.
pub(in crate::causes) const SETS: &[&str] = &["materials", "buildDefinition/resolvedDependencies"];

/// The member of SLSA provenance that a location is, as a JSON pointer into the predicate, without the first slash.
pub(in crate::causes) fn member(location: &Location) -> Option<&str> {
    let place = location.attestation.as_ref()?;
    let provenance = location.kind == Kind::Index && place.predicate_type.starts_with(PREDICATE_TYPE);
    location.field_name().strip_prefix("/predicate/").filter(|_| provenance)
}

/// The last token of a pointer, unescaped.
pub(in crate::causes) fn last_token(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// Whether a member fits a pattern, of which the first word may be one in capitals: it stands for places that both
/// versions have.
pub(in crate::causes) fn matches(pattern: &str, member: &str) -> bool {
    let (place, rest) = pattern.split_once('/').unwrap_or((pattern, ""));
    match places(place) {
        None => fits(pattern, member.as_bytes()),
        Some(prefixes) => prefixes.iter().any(|prefix| {
            let below = member.strip_prefix(prefix).and_then(|below| below.strip_prefix('/'));
            below.is_some_and(|below| fits(rest, below.as_bytes()))
        }),
    }
}

/// What a word stands for in patterns of members.
pub(in crate::causes) fn places(word: &str) -> Option<&'static [&'static str]> {
    PLACES.iter().find(|(name, _)| *name == word).map(|(_, prefixes)| *prefixes)
}

/// What follows from the text: the steps, what they fetch, where they stand.
pub(in crate::causes) const STEPS: &[&str] = &[
    "CONFIG/llbDefinition",
    "CONFIG/llbDefinition/**",
    "BUILDKIT/source/infos/*/llbDefinition/**",
    "BUILDKIT/source/locations/**",
    "BUILDKIT/layers/**",
    "MATERIALS/*",
];
