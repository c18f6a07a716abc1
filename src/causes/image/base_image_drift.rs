//! # What differs
//!
//! Anything in the layers of the base image, and the history of those layers, where both images record the digest of the
//! base that they were built on, and the two digests are not the same: in an annotation (buildah), or in provenance that
//! also tells which layers are the base's (BuildKit, `mode=max`). What provenance says of images that the build fetched,
//! where the same name gave another digest.
//!
//! # Why it happens
//!
//! `FROM name:tag` takes what the tag points at on that day.
//!
//! # How to fix the build
//!
//! Pin the base image by digest. Attach provenance with `mode=max` to both builds: with less it names the base image,
//! and not its layers.
//!
//! # When it is not harmless
//!
//! Another base is other software. It is named, with its evidence, and never excused. The evidence is not signed: compare
//! the two bases themselves to learn whether the layers are really theirs.

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::base::base_layers;
use crate::causes::shape::identifiers::is_digest;
use crate::causes::shape::provenance::{last_token, matches, member};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::{Aspect, Kind};
use crate::image::provenance::ImagePurl;

/// Another base image.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "base-image-drift",
    title: "Another base image",
    source: include_str!("base_image_drift.rs"),
    severity: Severity::Behavioural,
    scope: &[
        // The same content compressed in another way is no other base; sizes and checksums follow from the rest.
        Place { aspects: OF_LAYERS, field: Field::Except(&["header.chksum"]), ..Place::STORED },
        Place { aspects: VALUE, field: Field::Like(&["/history/**"]), ..Place::CONFIG },
        Place { aspects: &[Aspect::Value], field: Field::Member(DIGESTS), ..Place::INDEX },
    ],
    proof: Proof::Drift(InputKind::Base, record),
    witness: None,
    hazard: None,
    remedies: &[&inputs::PIN_BASE, &inputs::BUILDKIT_POLICY, &inputs::BUILDAH_POLICY],
};

/// Members of provenance that hold the digest of an image.
const DIGESTS: &[&str] =
    &["MATERIALS/*/digest/sha256", "MATERIALS/*/uri", "CONFIG/llbDefinition/*/op/Op/source/identifier", "ARGUMENTS/*"];

/// What differs in the layers of another base.
const OF_LAYERS: &[Aspect] = &[
    Aspect::Presence,
    Aspect::Type,
    Aspect::Mode,
    Aspect::Uid,
    Aspect::Gid,
    Aspect::Uname,
    Aspect::Gname,
    Aspect::Mtime,
    Aspect::Atime,
    Aspect::Ctime,
    Aspect::LinkName,
    Aspect::Xattr,
    Aspect::Device,
    Aspect::Order,
    Aspect::Encoding,
    Aspect::Content,
    Aspect::Value,
];

/// The digest of the base, for what is in a layer of it, and for what provenance itself says of it.
fn record(view: &View<'_>) -> Option<Record> {
    if view.location.kind == Kind::Index {
        return fetched(view);
    }
    if let Some(base) = &view.image.base {
        // What is not there is in no layer, and the other side says in which one it would be.
        let in_base = view.is_absent() || view.layer.is_some_and(|layer| layer < base.layers);
        return in_base.then(|| of_image(&base.purl, &base.digest));
    }
    if view.location.kind == Kind::Config {
        return None;
    }
    let annotation = view.image.manifest.get("annotations")?.get("org.opencontainers.image.base.digest")?;
    let digest = annotation.as_str().filter(|digest| is_digest(digest))?;
    let layer = usize::try_from(view.layer?).ok()?;
    (layer < base_layers(view.image)?).then(|| Record {
        common: Vec::new(),
        input: digest.as_bytes().to_vec(),
        told: Told::Value("base image".to_owned(), digest.to_owned()),
    })
}

fn of_image(purl: &ImagePurl, digest: &str) -> Record {
    Record {
        common: format!("{} {purl}", purl.kind).into_bytes(),
        input: digest.as_bytes().to_vec(),
        told: Told::Value(format!("base image {purl}"), digest.to_owned()),
    }
}

/// The image that a member of provenance gives the digest of, which has to be one of the materials.
fn fetched(view: &View<'_>) -> Option<Record> {
    let provenance = view.image.provenance.as_ref()?;
    let member = member(view.location)?;
    let text = view.text()?;
    if matches("MATERIALS/*/digest/sha256", member) {
        let named = last_token(member.strip_suffix("/digest/sha256")?);
        let digest = format!("sha256:{text}");
        let purl = ImagePurl::parse(&named)?.without_digest();
        return (provenance.image(&digest)?.without_digest() == purl).then(|| of_image(&purl, &digest));
    }
    let digest = if matches("MATERIALS/*/uri", member) {
        ImagePurl::parse(text)?.digest?
    } else {
        let (_, digest) = text.rsplit_once('@')?;
        let image = ["docker-image://", "oci-layout://"].iter().any(|scheme| text.starts_with(scheme));
        (image && !member.ends_with("/source")).then(|| digest.to_owned())?
    };
    Some(of_image(&provenance.image(&digest)?.without_digest(), &digest))
}
