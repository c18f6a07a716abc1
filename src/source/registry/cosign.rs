//! The tag under which cosign 2 and the policy-controller look for attestations, `sha256-HEX.att`: one manifest, of which
//! each layer is an envelope. Whoever adds one writes all of them anew.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::failure::{Failure, Kind};
use super::manifests::{ACCEPT, MANIFEST, document};
use super::repository::Repository;
use super::request::{Request, body};
use super::retry::Tries;
use super::tagged::{Edited, change};
use super::upload::upload;
use crate::digest::{Descriptor, Digest};
use crate::error::Unattached;
use crate::limits::Limits;

/// What a layer is.
pub(crate) const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// Layers that cosign reads.
const LAYERS: usize = 1000;
/// Bytes of a config.
const CONFIG_BYTES: u64 = 4 << 20;
/// What cosign takes for no time.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// The tag for an image.
pub(crate) fn tag(subject: &Digest) -> Option<String> {
    matches!(subject, Digest::Sha256(_)).then(|| format!("sha256-{}.att", subject.encoded()))
}

/// The envelopes under the tag; empty where there is none.
pub(crate) async fn layers(
    repository: &Repository,
    subject: &Digest,
    limits: &Limits,
) -> Result<Vec<Descriptor>, Failure> {
    let Some(tag) = tag(subject) else { return Ok(Vec::new()) };
    let request = Request { accept: Some(ACCEPT), ..Request::default() };
    let response = match repository.send(&format!("manifests/{tag}"), &request, &mut Tries::new(limits)).await {
        Err(failure) if failure.kind == Kind::Missing => return Ok(Vec::new()),
        other => other?,
    };
    let bytes = body(response, limits.document_bytes, limits).await?;
    let manifest: Value = serde_json::from_slice(&bytes).map_err(|_| not_theirs(&tag))?;
    let layers = manifest["layers"].as_array().map_or(&[][..], Vec::as_slice);
    let envelopes = layers.iter().filter(|layer| layer["mediaType"] == ENVELOPE);
    let descriptor = |layer: &Value| {
        let digest = Digest::parse(layer["digest"].as_str()?).ok()?;
        Some(Descriptor { media_type: ENVELOPE.to_owned(), digest, size: layer["size"].as_u64() })
    };
    Ok(envelopes.filter_map(descriptor).collect())
}

fn not_theirs(tag: &str) -> Failure {
    Failure::permanent(Unattached::NotOfCosign(tag.to_owned()))
}

/// Adds an envelope; the tag, and whether it was not there.
pub(crate) async fn push(
    repository: &Repository,
    subject: &Digest,
    envelope: &[u8],
    annotations: &BTreeMap<String, String>,
    limits: &Limits,
) -> Result<(String, bool), Failure> {
    let tag = tag(subject).ok_or_else(|| Failure::permanent(Unattached::CosignDigest))?;
    upload(repository, &Bytes::copy_from_slice(envelope), limits).await?;
    let layer = json!({
        "mediaType": ENVELOPE, "digest": Digest::of(envelope).to_string(), "size": envelope.len(),
        "annotations": annotations,
    });
    let edit = async |manifest: Option<&[u8]>| {
        let mut manifest = match manifest {
            None => json!({ "schemaVersion": 2, "mediaType": MANIFEST, "layers": [] }),
            Some(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
        };
        let known = manifest["layers"].as_array().ok_or_else(|| not_theirs(&tag))?;
        if known.iter().any(|known| known["digest"] == layer["digest"]) {
            return Ok(None);
        }
        if known.len() >= LAYERS {
            return Err(Failure::permanent(Unattached::CosignFull(tag.clone(), LAYERS)));
        }
        let config = match manifest.get("config") {
            None => json!({ "architecture": "", "os": "", "created": NEVER, "config": {} }),
            Some(config) => read(repository, config, limits).await?.ok_or_else(|| not_theirs(&tag))?,
        };
        let config = add(config, &layer).ok_or_else(|| not_theirs(&tag))?;
        let config = Bytes::from(config.to_string());
        upload(repository, &config, limits).await?;
        let pointed = json!({ "mediaType": CONFIG, "digest": Digest::of(&config).to_string(), "size": config.len() });
        let layers = [known.clone(), vec![layer.clone()]].concat();
        // In the order in which they are usually written.
        let mut whole = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": pointed, "layers": layers });
        for (name, value) in manifest.as_object_mut().into_iter().flatten() {
            whole.as_object_mut().map(|whole| whole.entry(name.clone()).or_insert(value.take()));
        }
        let bytes = whole.to_string().into_bytes();
        Ok(Some(Edited { media_type: MANIFEST, bytes }))
    };
    let is_new = change(repository, &tag, limits, edit).await?;
    Ok((tag, is_new))
}

async fn read(repository: &Repository, config: &Value, limits: &Limits) -> Result<Option<Value>, Failure> {
    let Some(digest) = config["digest"].as_str().and_then(|digest| Digest::parse(digest).ok()) else {
        return Ok(None);
    };
    let bytes = document(repository, &Descriptor::of(&digest), CONFIG_BYTES, limits).await?;
    Ok(bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// A config that names a layer more.
fn add(mut config: Value, layer: &Value) -> Option<Value> {
    let object = config.as_object_mut()?;
    let rootfs = object.entry("rootfs").or_insert_with(|| json!({ "type": "layers", "diff_ids": [] }));
    rootfs.as_object_mut()?.entry("diff_ids").or_insert(json!([])).as_array_mut()?.push(layer["digest"].clone());
    let history = object.entry("history").or_insert(json!([]));
    history.as_array_mut()?.push(json!({ "created": NEVER }));
    Some(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_names_as_many_layers_as_there_are() {
        let layer = |digest: &str| json!({ "digest": digest });
        let one = add(json!({ "os": "" }), &layer("one")).unwrap();
        let two = add(one, &layer("two")).unwrap();
        assert_eq!(two["rootfs"], json!({ "type": "layers", "diff_ids": ["one", "two"] }));
        assert_eq!(two["history"].as_array().unwrap().len(), 2);
        for no_config in [json!([]), json!({ "rootfs": [] }), json!({ "rootfs": { "diff_ids": 1 } })] {
            assert_eq!(add(no_config, &layer("one")), None);
        }
    }

    #[test]
    fn only_some_digests_have_a_tag() {
        assert_eq!(tag(&Digest::of(b"")), Some(format!("sha256-{}.att", Digest::of(b"").encoded())));
        assert_eq!(tag(&Digest::parse(&format!("sha512:{}", "0a".repeat(64))).unwrap()), None);
    }
}
