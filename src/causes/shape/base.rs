//! The image that an image is built on, as documents name it.

use serde_json::Value as Json;

use crate::causes::ImageFacts;
use crate::causes::shape::identifiers::is_reference;

/// The diff IDs of the base's layers: those that provenance or buildah's history tell of, else that of the lowest layer,
/// which is a base's wherever there is one. `None` for an image without layers.
pub(in crate::causes) fn base_diff_ids(image: &ImageFacts) -> Option<Vec<u8>> {
    let told = image.base.as_ref().map(|base| base.layers as usize).or_else(|| base_layers(image));
    let ids = image.config.pointer("/rootfs/diff_ids")?.as_array()?;
    let of_base = ids.get(..told.unwrap_or(1).max(1))?;
    of_base
        .iter()
        .map(|id| Some([id.as_str()?.as_bytes(), b"\n"].concat()))
        .collect::<Option<Vec<_>>>()
        .map(|ids| ids.concat())
}

/// The number of layers that are older than the first step of the build, which buildah marks with the name of the base.
pub(in crate::causes) fn base_layers(image: &ImageFacts) -> Option<usize> {
    let history = image.config.get("history")?.as_array()?;
    let starts =
        |entry: &Json| entry.get("comment").and_then(Json::as_str).is_some_and(|text| text.starts_with("FROM "));
    let first = history.iter().position(starts)?;
    let time = |entry: &Json| crate::codec::time::parse(entry.get("created")?.as_str()?);
    let start = time(history.get(first)?)?;
    let makes_layer = |entry: &&Json| entry.get("empty_layer") != Some(&Json::Bool(true));
    let base = history.iter().take(first).filter(makes_layer);
    Some(base.take_while(|entry| time(entry).is_some_and(|time| time < start)).count())
}

/// Keys that name the base image.
pub(in crate::causes) const BASE: &[&str] =
    &["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"];

/// Whether a label or annotation names the base image.
pub(in crate::causes) fn names_base(key: &str) -> bool {
    BASE.contains(&key)
}

/// Keys of annotations that name the image itself.
pub(in crate::causes) const IMAGE_NAMES: &[&str] = &["org.opencontainers.image.ref.name", "io.containerd.image.name"];

/// Whether an annotation is a name of the image.
pub(in crate::causes) fn names_image(key: &str, text: &str) -> bool {
    IMAGE_NAMES.contains(&key) && is_reference(text)
}
