//! What the documents of an image say about it as a whole.

use std::sync::Arc;

use crate::causes::{Builder, ImageFacts};
use crate::codec::time;
use crate::content::notes::{Noted, Notes};
use crate::digest::Digest;
use crate::explain::BuiltBy;
use crate::image::entry::Time;
use crate::image::load::Image;
use crate::image::provenance::Provenance;

/// Reads the facts off an image's documents, and takes in what its provenance says.
pub(crate) fn of(image: &Image, provenance: Option<&Arc<Provenance>>) -> ImageFacts {
    let config = &image.config;
    let times = (0..).take(image.layers.len()).map(|layer| {
        let entry = config.history_of_layer(layer).and_then(|entry| config.history.get(entry))?;
        let time = entry.created.as_deref().and_then(time::parse)?;
        Some(Time { seconds: time.timestamp(), nanoseconds: time.timestamp_subsec_nanos() })
    });
    let steps = provenance.and_then(|provenance| provenance.steps.as_ref());
    ImageFacts {
        created: config.created,
        commands: config.commands(),
        layer_times: times.collect(),
        context_layers: steps.map(|steps| steps.context_layers(&layer_blobs(image))).unwrap_or_default(),
        config: config.document.to_value(),
        manifest: image.manifest.as_ref().map_or(serde_json::Value::Null, |(_, manifest)| manifest.document.to_value()),
        provenance: provenance.cloned(),
        base: provenance.and_then(|provenance| provenance.base_image(&layer_blobs(image))),
    }
}

/// The digests that variables, labels and commands of an image hold: an entry point may check a file by one.
pub(super) fn noted(facts: &ImageFacts) -> Noted {
    let mut notes = Notes::default();
    notes.begin(b"");
    notes.push(facts.config.get("config").map(serde_json::Value::to_string).unwrap_or_default().as_bytes());
    notes.finish()
}

/// The digests of the layers' blobs, base first; none for an image without a manifest.
pub(super) fn layer_blobs(image: &Image) -> Vec<Digest> {
    let blobs = image.layers.iter().filter_map(|layer| layer.descriptor.as_ref());
    blobs.map(|blob| blob.digest.clone()).collect()
}

/// When the image was made, as its config has it; `None` where that is no time.
pub(super) fn created(facts: &ImageFacts) -> Option<String> {
    let created = facts.config.get("created").and_then(serde_json::Value::as_str);
    created.filter(|created| time::parse(created).is_some()).map(str::to_owned)
}

/// The builder that an image shows; `None` where it shows none.
pub(super) fn built_by(facts: &ImageFacts) -> Option<BuiltBy> {
    let builder = builder(facts)?;
    let label = facts.config.pointer("/config/Labels/io.buildah.version").and_then(serde_json::Value::as_str);
    let version = label.filter(|_| builder == Builder::Buildah).and_then(numbers);
    let version = version.filter(|version| !is_older(version, CLAMPING) || !clamps(facts));
    Some(BuiltBy { builder, version: version.map(str::to_owned) })
}

/// The first version of buildah that can clamp times. It writes no version into an image then, and that of the base stays.
const CLAMPING: (u64, u64) = (1, 41);

/// Whether a step says that times were clamped.
fn clamps(facts: &ImageFacts) -> bool {
    let history = facts.config.get("history").and_then(|history| history.as_array()).map_or(&[][..], Vec::as_slice);
    let said = |entry: &serde_json::Value| Some(entry.get("created_by")?.as_str()?.contains("|clamp-mtime="));
    history.iter().any(|entry| said(entry) == Some(true))
}

fn is_older(version: &str, than: (u64, u64)) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(u64::MAX));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < than
}

/// The numbers and dots that a version begins with, where it begins with one.
fn numbers(version: &str) -> Option<&str> {
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    let numbers = version[..end].trim_end_matches('.');
    (numbers.starts_with(|first: char| first.is_ascii_digit()) && numbers.len() <= 20).then_some(numbers)
}

fn builder(facts: &ImageFacts) -> Option<Builder> {
    let history = facts.config.get("history").and_then(|history| history.as_array()).map_or(&[][..], Vec::as_slice);
    // The last steps are the user's own, whatever built the base.
    let text =
        |entry: &serde_json::Value, key: &str| entry.get(key).and_then(|value| value.as_str()).unwrap_or("").to_owned();
    let own = history.iter().rev().take(1).chain(history.iter().rev().skip(1));
    for entry in own {
        let (created_by, comment, author) = (text(entry, "created_by"), text(entry, "comment"), text(entry, "author"));
        if comment.starts_with("buildkit.") || created_by.ends_with("# buildkit") {
            return Some(Builder::Buildkit);
        }
        if author == "kaniko" {
            return Some(Builder::Kaniko);
        }
        if comment.starts_with("FROM ") {
            return Some(Builder::Buildah);
        }
        if !created_by.is_empty() {
            break;
        }
    }
    let labels = facts.config.pointer("/config/Labels");
    let buildah_label = labels.and_then(|labels| labels.get("io.buildah.version")).is_some();
    let base_annotation = facts.manifest.pointer("/annotations/org.opencontainers.image.base.name").is_some();
    if buildah_label || base_annotation {
        return Some(Builder::Buildah);
    }
    let docker_version = facts.config.get("docker_version").and_then(|value| value.as_str()).unwrap_or("");
    (!docker_version.is_empty()).then_some(Builder::Docker)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_version_of_the_base_is_not_that_of_a_build_which_writes_none() {
        let version = |label: &str, step: &str| {
            let history = json!([{"created_by": step, "comment": "FROM localhost/base"}]);
            let config = json!({"config": {"Labels": {"io.buildah.version": label}}, "history": history});
            built_by(&ImageFacts { config, ..ImageFacts::default() }).unwrap().version
        };
        let (plain, clamped) = ("/bin/sh -c #(nop) CMD a", "/bin/sh -c #(nop) CMD a|clamp-mtime=1747699200");
        assert_eq!(version("1.28.2", plain).as_deref(), Some("1.28.2"));
        assert_eq!(version("1.28.2", clamped), None, "that one could not clamp");
        assert_eq!(version("1.43.2", clamped).as_deref(), Some("1.43.2"));
    }
}
