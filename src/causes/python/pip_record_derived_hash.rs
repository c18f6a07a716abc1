//! # What differs
//!
//! A row of `*.dist-info/RECORD`: hash and size of an installed file that differs itself.
//!
//! # Why it happens
//!
//! Installers record every file that they put in place.
//!
//! # How to fix the build
//!
//! Nothing: it follows the file.
//!
//! # When it is not harmless
//!
//! Each side's row must fit the file of the same side, else it stays unexplained.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::causes::scope::{Field, Inside, Path, Place};
use crate::causes::{Cause, ImageFacts, Proof, RecordedFile, Referent, Severity};
use crate::finding::{Aspect, Finding, Sides};

/// Hash and size of another file.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "pip-record-derived-hash",
    title: "Rows of RECORD that follow a file",
    source: include_str!("pip_record_derived_hash.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Like(&["row.**"]),
        path: Path::Like(&["**.dist-info/RECORD"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Derived(referent),
    witness: None,
    hazard: None,
    remedies: &[],
};

fn referent(finding: &Finding, _: Sides<&ImageFacts>) -> Option<Referent> {
    let row = finding.location.field_name().strip_prefix("row.")?;
    let site = finding.location.path_bytes().strip_suffix(b"/RECORD")?;
    let site = site.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |slash| &site[..slash]);
    let recorded = finding.values.as_ref().map(|value| value.as_str().and_then(recorded)).both()?;
    Some(Referent::File { path: resolve(site, row)?, recorded })
}

/// `sha256=BASE64,SIZE`, the digest in the URL-safe alphabet without padding.
fn recorded(value: &str) -> Option<RecordedFile> {
    let (hash, size) = value.split_once(',')?;
    let sha256 = URL_SAFE_NO_PAD.decode(hash.strip_prefix("sha256=")?).ok()?;
    // As installers write it: `+1` and `01` would be the same number.
    let number: u64 = size.parse().ok().filter(|number: &u64| number.to_string() == size)?;
    Some(RecordedFile { sha256: sha256.try_into().ok()?, size: Some(number) })
}

/// The path of a row, which is relative to the directory of the packages.
fn resolve(site: &[u8], row: &str) -> Option<Vec<u8>> {
    if row.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&[u8]> = site.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in row.split('/') {
        match part {
            "" | "." => return None,
            ".." => drop(parts.pop()?),
            name => parts.push(name.as_bytes()),
        }
    }
    Some(parts.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn rows_are_relative_to_the_packages() {
        let site = b"usr/lib/python3/site-packages";
        assert_eq!(resolve(site, "a/b.py").as_deref(), Some(&b"usr/lib/python3/site-packages/a/b.py"[..]));
        assert_eq!(resolve(site, "../../../bin/a").as_deref(), Some(&b"usr/bin/a"[..]));
        assert_eq!(resolve(b"", "a.py").as_deref(), Some(&b"a.py"[..]));
        assert_eq!(resolve(b"lib", "../../a"), None);
        assert_eq!(resolve(site, "/bin/a"), None);
        assert_eq!(resolve(site, "a//b"), None);
    }
}
