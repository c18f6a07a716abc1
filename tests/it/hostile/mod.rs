//! Images that try to make the program hang, fall over, fill the memory or tell the wrong verdict.
//!
//! Each ends in exit code 2, in sentences that name the blob or the input, and in a report that is whole or none.

use std::fs;
use std::path::{Path, PathBuf};

use reprove::digest::Digest;
use reprove::finding::Sides;
use serde_json::{Value, json};

use crate::fixture;
use crate::home::{Home, Run};

use tarball::{end, file};

/// What decompresses to a thousand times its size, and more.
mod bombs;
/// Documents that are not what they should be.
mod documents;
/// A disk that is full, a directory that cannot be written, an input that changes.
mod faults;
/// Things that are no files, where files should be.
mod layouts;
/// Every limit, set low.
mod limits;
/// Text from images, in what is printed.
mod names;
/// Names that are absurdly long.
mod paths;
/// Tar headers that lie, and how they are written.
mod tarball;
/// Blobs that end too early.
mod truncation;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const TAR: &str = "application/vnd.oci.image.layer.v1.tar";
const TAR_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A layer as it is stored, with the digest that its config promises.
#[derive(Clone)]
struct Layer {
    media_type: &'static str,
    stored: Vec<u8>,
    diff_id: String,
}

impl Layer {
    /// A layer that is not compressed.
    fn plain(archive: &[u8]) -> Self {
        Layer { media_type: TAR, stored: archive.to_vec(), diff_id: Digest::of(archive).to_string() }
    }

    /// A layer of compressed bytes, of which nobody has seen what they hold.
    fn packed(stored: Vec<u8>) -> Self {
        Layer { media_type: TAR_GZIP, stored, diff_id: Digest::of(b"").to_string() }
    }
}

/// An OCI image layout, written blob by blob.
struct Layout(PathBuf);

impl Layout {
    fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
        fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Layout(folder)
    }

    /// Where a blob of this digest is.
    fn path(&self, digest: &str) -> PathBuf {
        self.0.join("blobs").join(digest.replace(':', "/"))
    }

    /// Writes a blob and returns its descriptor.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes).to_string();
        fs::write(self.path(&digest), bytes).unwrap();
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    fn document(&self, media_type: &str, document: &Value) -> Value {
        self.blob(media_type, document.to_string().as_bytes())
    }

    /// Writes an image and returns its manifest's descriptor.
    fn image(&self, layers: &[Layer]) -> Value {
        let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.diff_id.as_str()).collect();
        let config = json!({ "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": { "type": "layers", "diff_ids": diff_ids } });
        let config = self.document(CONFIG, &config);
        let layers: Vec<Value> = layers.iter().map(|layer| self.blob(layer.media_type, &layer.stored)).collect();
        self.document(
            MANIFEST,
            &json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers }),
        )
    }

    /// Writes `index.json` and returns the reference to what it names.
    fn naming(&self, manifest: &Value) -> String {
        let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
        fs::write(self.0.join("index.json"), index.to_string()).unwrap();
        format!("oci:{}", self.0.display())
    }
}

/// A home, and room for two images.
struct Stage(Home);

impl Stage {
    fn new() -> Self {
        Stage(Home::new())
    }

    fn layout(&self, name: &str) -> Layout {
        Layout::new(self.0.path("layouts").join(name))
    }

    /// An image of these layers.
    fn image(&self, name: &str, layers: &[Layer]) -> String {
        let layout = self.layout(name);
        layout.naming(&layout.image(layers))
    }

    /// An image without anything wrong with it.
    fn sound(&self) -> String {
        self.image("sound", &[Layer::plain(&[file("opt/file", b"sound\n"), end()].concat())])
    }

    /// Compares a hostile image with a sound one, both ways round: it must not matter which side it is.
    fn against_sound(&self, hostile: &str, arguments: &[&str]) -> Run {
        let sound = self.sound();
        let one = self.0.diff(&Sides::new(hostile.to_owned(), sound.clone()), arguments);
        let other = self.0.diff(&Sides::new(sound, hostile.to_owned()), arguments);
        assert_eq!((one.code, gaps(&one)), (other.code, gaps(&other)), "{}{}", one.err, other.err);
        self.assert_orderly(&one);
        self.assert_orderly(&other);
        one
    }

    /// Compares an image of one hostile layer with a sound one: what the gaps say.
    fn layer(&self, layer: Layer) -> String {
        let run = self.against_sound(&self.image("hostile", &[layer]), &[]);
        self.inconclusive(&run)
    }

    /// Asserts that something could not be compared: what the gaps say, or the error. Beside a difference that is proven
    /// a gap decides nothing.
    fn inconclusive(&self, run: &Run) -> String {
        self.assert_orderly(run);
        if run.out.is_empty() {
            assert_eq!(run.code, Some(2), "{}", run.err);
            return run.err.clone();
        }
        let verdict = run.report()["verdict"].as_str().unwrap().to_owned();
        assert!(["inconclusive", "different"].contains(&verdict.as_str()), "{verdict}: {}", run.out);
        assert_eq!(run.code, Some(if verdict == "different" { 1 } else { 2 }));
        let said = gaps(run);
        assert!(!said.is_empty(), "{}", run.out);
        said.join("\n")
    }

    /// Asserts that whatever happened was said in an orderly way, and that nothing was left behind.
    fn assert_orderly(&self, run: &Run) {
        assert!(matches!(run.code, Some(0..=2)), "{:?}: {}", run.code, run.err);
        assert!(!run.err.contains("panicked"), "{}", run.err);
        assert!(run.err.lines().all(|line| line.starts_with("reprove: ")), "{}", run.err);
        assert!(!run.err.chars().any(|letter| letter.is_control() && letter != '\n'), "{:?}", run.err);
        for detail in gaps(run) {
            assert!(!detail.contains(['\n', '\x1b']) && detail.len() < 2000, "{detail:?}");
            assert!(!detail.contains("original") && !detail.contains("rebuild"), "a side is named: {detail}");
        }
        assert_eq!(run.out.is_empty(), !run.err.is_empty(), "neither report nor error: {}", run.err);
        let left: Vec<_> = self.0.left_behind();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// The details of all gaps of a report.
fn gaps(run: &Run) -> Vec<String> {
    if run.out.is_empty() {
        return Vec::new();
    }
    ["integrity", "missing", "unsupported", "malformed", "limit"].iter().flat_map(|reason| run.gaps(reason)).collect()
}

/// Builds the pair that a fixture describes.
fn built(stage: &Stage, written: &Value) -> Sides<String> {
    fixture::build_text(&written.to_string(), Path::new(""), &stage.0.path("built")).unwrap().references
}
