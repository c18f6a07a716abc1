//! Members of provenance statements.

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

/// What has a place in the documents.
pub(in crate::causes) trait Located {
    /// The place.
    fn location(&self) -> &Location;
}

/// The member of SLSA provenance that something is at, as a JSON pointer into the predicate, without the first slash.
pub(in crate::causes) fn member(located: &impl Located) -> Option<&str> {
    let location = located.location();
    let place = location.attestation.as_ref()?;
    let provenance = location.kind == Kind::Index && place.predicate_type.starts_with(PREDICATE_TYPE);
    location.field_name().strip_prefix("/predicate/").filter(|_| provenance)
}

/// The last token of a pointer, unescaped.
pub(in crate::causes) fn last_token(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// Whether a member fits a pattern: a word in capitals stands for places that both versions have, `*` for one token,
/// `**` at the end for at least one.
pub(in crate::causes) fn matches(pattern: &str, member: &str) -> bool {
    let (place, rest) = pattern.split_once('/').unwrap_or((pattern, ""));
    match PLACES.iter().find(|(name, _)| *name == place) {
        None => tokens_match(pattern, member),
        Some((_, prefixes)) => prefixes.iter().any(|prefix| {
            let below = member.strip_prefix(prefix).and_then(|below| below.strip_prefix('/'));
            below.is_some_and(|below| tokens_match(rest, below))
        }),
    }
}

fn tokens_match(pattern: &str, member: &str) -> bool {
    if let Some(prefix) = pattern.strip_suffix("**") {
        let prefix = prefix.trim_end_matches('/');
        let parts = if prefix.is_empty() { 0 } else { prefix.split('/').count() };
        let tokens: Vec<&str> = member.splitn(parts.saturating_add(1), '/').collect();
        return tokens.len() > parts && tokens_match(prefix, &tokens[..parts].join("/"));
    }
    pattern.split('/').count() == member.split('/').count()
        && pattern.split('/').zip(member.split('/')).all(|(pattern, token)| pattern == "*" || pattern == token)
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
