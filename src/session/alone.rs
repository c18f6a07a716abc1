//! One image by itself: held against one for the same platforms with nothing in it, so that all it has is looked at.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Options, Resolved, Session, platforms};
use crate::compare::index::Root;
use crate::digest::{Descriptor, Digest};
use crate::error::Result;
use crate::finding::Sides;
use crate::image::platform::Platform;
use crate::reference::Reference;
use crate::source::progress::Progress;
use crate::source::{self, BlobReader, Blobs, OpenError, Opened, Sources};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// What the image with nothing in it is called; nobody asks for it by name.
const NAME: &str = "nothing";

impl Session {
    /// Opens one image; the rebuild that it is compared with is empty.
    ///
    /// # Errors
    /// Those of [`Session::open`].
    pub fn alone(image: &str, options: Options, progress: Arc<Progress>) -> Result<Self> {
        let wanted = platforms(&options)?;
        let reference = Reference::parse(image)?;
        let sources = Sources::new(&options.access, &options.limits, &[&reference])?;
        let original = Resolved::of(sources.open(&reference)?, &options, &progress);
        let rebuild = Resolved::of(nothing(original.root.as_ref().ok()), &options, &progress);
        Ok(Session { sides: Sides::new(original, rebuild), sources, options, wanted, progress })
    }
}

/// The documents of an image, in memory.
#[derive(Default)]
struct Documents(BTreeMap<Digest, Arc<[u8]>>);

impl Blobs for Documents {
    fn open(&self, blob: &Descriptor) -> std::result::Result<BlobReader, OpenError> {
        let bytes = self.0.get(&blob.digest).ok_or_else(|| OpenError::Missing(blob.digest.clone()))?;
        Ok(BlobReader::new(Cursor::new(bytes.clone())))
    }
}

impl Documents {
    fn put(&mut self, media_type: &str, document: &Value) -> Descriptor {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let size = Some(bytes.len() as u64);
        self.0.insert(digest.clone(), bytes.into());
        Descriptor { media_type: media_type.to_owned(), digest, size }
    }

    /// An image for a platform.
    fn image(&mut self, platform: &Platform) -> Descriptor {
        let mut config = described(platform);
        config["rootfs"] = json!({ "type": "layers", "diff_ids": [] });
        let config = self.put(CONFIG, &config);
        let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": pointed(&config), "layers": [] });
        self.put(MANIFEST, &manifest)
    }
}

/// An image, or an index of images, for the platforms of this one.
fn nothing(root: Option<&Root>) -> Opened {
    let mut documents = Documents::default();
    let root = match root {
        Some(Root::Index(tree)) => {
            let members = tree.members();
            let platforms = members.iter().filter(|member| !member.is_nobodys()).map(|member| &member.platform);
            let mut entries = Vec::new();
            for platform in platforms {
                let mut entry = pointed(&documents.image(platform.as_ref().unwrap_or(&Platform::default())));
                if let Some(platform) = platform {
                    entry["platform"] = described(platform);
                }
                entries.push(entry);
            }
            documents.put(INDEX, &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }))
        }
        Some(Root::Manifest(entry)) => documents.image(&entry.platform.clone().unwrap_or_default()),
        None => documents.image(&Platform::default()),
    };
    let blobs = Arc::new(documents);
    Opened { reference: NAME.to_owned(), root: source::Root::Descriptor(root), blobs }
}

fn pointed(descriptor: &Descriptor) -> Value {
    json!({ "mediaType": descriptor.media_type, "digest": descriptor.digest.to_string(), "size": descriptor.size })
}

fn described(platform: &Platform) -> Value {
    let mut object = json!({ "architecture": platform.architecture, "os": platform.os });
    if let Some(variant) = &platform.variant {
        object["variant"] = json!(variant);
    }
    if let Some(version) = &platform.os_version {
        object["os.version"] = json!(version);
    }
    object
}
