//! # What differs
//!
//! The time in the header of a `.pyc` file (PEP 552; four bytes at offset 8 since Python 3.7, at 4 before), which is the
//! modification time of the source it was compiled from.
//!
//! # Why it happens
//!
//! Python compares it with the source's time to tell whether the cache is stale. pip compiles what it installs, so the time
//! is that of the build.
//!
//! # How to fix the build
//!
//! Have the modules compiled with a hash in place of the time, or not at all.
//!
//! # When it is not harmless
//!
//! The code behind the header is compared by itself. A time that is not the one of the source makes Python compile again at
//! each start; there is a warning for it.

use super::gzip_header_mtime::number;
use super::pyc_stale_after_clamp;
use super::{Canonical, Cause, Proof, Remedy, Severity, View, Witness};
use crate::finding::{Finding, Location};

/// The source's time in a compiled module.
pub(super) const CAUSE: Cause = Cause {
    id: "pyc-header-mtime",
    title: "Times of the source in compiled Python modules",
    source: include_str!("pyc_header_mtime.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: Some(witness),
    hazard: Some(&pyc_stale_after_clamp::CAUSE),
    remedies: REMEDIES,
};

/// What keeps times out of compiled modules.
pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "any",
        text: "Set ARG SOURCE_DATE_EPOCH before the RUN that installs: pip, compileall and py_compile then write hashes instead \
               of times (Python 3.7).",
    },
    Remedy {
        builder: "any",
        text: "Install with pip install --no-compile (PIP_NO_COMPILE=1), and ENV PYTHONDONTWRITEBYTECODE=1 against modules \
               compiled by imports.",
    },
    Remedy { builder: "any", text: "End the RUN with: python -m compileall --invalidation-mode unchecked-hash DIR" },
];

fn scope(finding: &Finding) -> bool {
    finding.location.field_name() == "mtime" && path(&finding.location).ends_with(b".pyc")
}

fn path(location: &Location) -> &[u8] {
    location.inside.last().map_or(location.path_bytes(), |name| name)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    number::<4>(view).map(|_| Canonical::new())
}

/// The source's time and size, as the header has them.
fn witness(view: &View<'_>) -> Option<Witness> {
    if !view.location.inside.is_empty() {
        return None;
    }
    let (file, decoded) = view.file.zip(view.decoded)?;
    let value = |name: &str| {
        let field = decoded.fields.iter().find(|field| field.name == name)?;
        Some(u32::from_le_bytes(field.bytes(file).try_into().ok()?))
    };
    let (mtime, size) = (value("mtime")?, value("sourceSize")?);
    Some(Witness::SourceFile { path: source(view.location.path_bytes())?, mtime, size })
}

/// `dir/name.py` of `dir/__pycache__/name.cpython-312.opt-1.pyc` or of `dir/name.pyc` (PEP 3147).
fn source(path: &[u8]) -> Option<Vec<u8>> {
    let (directory, name) = match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (path.get(..=slash)?, path.get(slash + 1..)?),
        None => (&b""[..], path),
    };
    let stem = name.strip_suffix(b".pyc")?;
    let (directory, stem) = match directory.strip_suffix(b"__pycache__/") {
        Some(parent) => {
            let stem = ["1", "2"].iter().find_map(|level| stem.strip_suffix(format!(".opt-{level}").as_bytes()));
            let stem = stem.unwrap_or(name.strip_suffix(b".pyc")?);
            (parent, stem.get(..stem.iter().rposition(|byte| *byte == b'.')?)?)
        }
        None => (directory, stem),
    };
    (!stem.is_empty()).then(|| [directory, stem, b".py"].concat())
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn sources_of_modules() {
        let source = |path: &str| source(path.as_bytes()).map(|path| String::from_utf8(path).unwrap());
        assert_eq!(source("a/__pycache__/x.cpython-312.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/__pycache__/x.y.cpython-312.opt-2.pyc").as_deref(), Some("a/x.y.py"));
        assert_eq!(source("__pycache__/x.pypy39.pyc").as_deref(), Some("x.py"));
        assert_eq!(source("a/x.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/__pycache__/x.pyc"), None);
        assert_eq!(source("a/.pyc"), None);
    }
}
