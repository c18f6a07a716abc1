//! An image in a registry, evidence about it in files, and the keys that signed it.

use reprove::evidence::{Envelope, PrivateKey, bundle::Bundle, generate};

use super::*;

pub(super) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(super) const TYPE: &str = "https://reprove.example/attestation/image-comparison/v0.1";

pub(super) struct Case {
    pub(super) stage: Stage,
    /// The digest of the original.
    pub(super) digest: String,
}

/// A registry that keeps the list of referrers itself.
pub(super) fn with_api() -> Abilities {
    Abilities { referrers_page: Some(2), ..Abilities::default() }
}

impl Case {
    /// A pair that is equivalent. Keys 1, 2 and 3 are there, and `good`, a bundle that 1 signed.
    pub(super) fn new(abilities: Abilities) -> Self {
        let home = Home::new();
        let folder = home.path("layouts");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/causes/tar-mtime/claimed.json");
        fixture::build(&fixture, &folder).unwrap();
        let layouts = Sides::new(folder.join("original"), folder.join("rebuild"));
        let stage = Stage::with(home, layouts, abilities, None);
        let digest = stage.home.diff(&stage.local(), &[]).report()["original"]["digest"].as_str().unwrap().to_owned();
        let case = Case { stage, digest };
        for byte in [1, 2, 3] {
            let pair = generate(&[byte; 88], None).unwrap().unwrap();
            fs::write(case.path(&format!("{byte}.key")), pair.private).unwrap();
            fs::write(case.path(&format!("{byte}.pub")), pair.public).unwrap();
        }
        case.attest("1", "good", &["-o", "report=report.json"]);
        case.stage.server.take_log();
        case
    }

    /// A file that the program finds by its name alone.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.stage.home.path("run").join(name)
    }

    pub(super) fn image(&self) -> String {
        self.stage.references().original
    }

    /// Has a key sign what is found of the pair, as a bundle of this name.
    pub(super) fn attest(&self, key: &str, name: &str, arguments: &[&str]) {
        let Sides { original, rebuild } = self.stage.local();
        let (key, output) = (format!("{key}.key"), format!("bundle={name}"));
        let attest = ["attest", "--key", &key, "-o", &output, &original, &rebuild];
        let run = self.stage.home.run(&[&attest[..], arguments].concat());
        assert!(matches!(run.code, Some(0 | 1)), "{}", run.err);
    }

    pub(super) fn push(&self, arguments: &[&str]) -> Run {
        self.stage.home.run(&[&["push", &self.image()], arguments].concat())
    }

    /// The same, where it has to go well.
    pub(super) fn pushed(&self, arguments: &[&str]) -> Run {
        let run = self.push(arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
        run
    }

    /// Verifies with key 1.
    pub(super) fn verify(&self, arguments: &[&str]) -> Run {
        self.stage.home.run(&[&["verify", "--key", "1.pub", &self.image()], arguments].concat())
    }

    /// Verifies with key 1, says yes, and says this of what does not count.
    pub(super) fn verified_though(&self, why: &str) {
        let run = self.verify(&[]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(run.out.starts_with(&format!("{}: equivalent, ", self.digest)), "{}", run.out);
        assert!(run.err.contains(&format!("does not count: {why}")), "{why:?}: {}", run.err);
    }

    /// Does not verify with key 1, and says why.
    pub(super) fn refused(&self, code: i32, why: &str, arguments: &[&str]) {
        let run = self.verify(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{}", run.err);
        assert!(run.err.contains(why), "{why:?}: {}", run.err);
    }

    /// The statement of a bundle.
    pub(super) fn statement(&self, name: &str) -> Value {
        use base64::Engine as _;
        let bundle: Value = serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap();
        let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::STANDARD.decode(payload).unwrap()).unwrap()
    }

    /// A bundle of a statement, signed by a key.
    pub(super) fn sign(&self, key: u8, statement: &Value) -> Vec<u8> {
        let pair = generate(&[key; 88], None).unwrap().unwrap();
        let key = PrivateKey::read(pair.private.as_bytes(), None).unwrap();
        let envelope = Envelope::sign(statement.to_string().as_bytes(), &key);
        serde_json::to_vec(&Bundle::new(envelope, &key.public().unwrap())).unwrap()
    }

    /// The manifest of an artifact with this bundle, as pushing writes it.
    pub(super) fn manifest(&self, bundle: &[u8]) -> Value {
        let config = self.stage.fake.push_blob(NAME, "application/vnd.oci.empty.v1+json", b"{}");
        let layer = self.stage.fake.push_blob(NAME, BUNDLE, bundle);
        json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE, "config": config, "layers": [layer],
            "subject": { "mediaType": MANIFEST, "digest": self.digest, "size": 1 },
        })
    }

    /// Puts a manifest into the registry and onto the list under the tag, whatever it says; its place in the list.
    pub(super) fn plant(&self, manifest: &Value) -> Value {
        let mut entry = self.stage.fake.push_manifest(NAME, manifest);
        entry["artifactType"] = manifest["artifactType"].clone();
        let mut list = self.list();
        list.push(entry.clone());
        self.set_list(&list);
        entry
    }

    pub(super) fn tag(&self) -> String {
        self.digest.replace(':', "-")
    }

    /// What is listed under the tag.
    pub(super) fn list(&self) -> Vec<Value> {
        self.stage.fake.document(NAME, &self.tag())["manifests"].as_array().cloned().unwrap_or_default()
    }

    pub(super) fn set_list(&self, list: &[Value]) {
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": list });
        let digest = self.stage.fake.push_manifest(NAME, &index)["digest"].as_str().unwrap().to_owned();
        self.stage.fake.set_tag(NAME, &self.tag(), &digest);
    }

    /// What was written since this was asked last: method and path.
    pub(super) fn writes(&self) -> Vec<(String, String)> {
        let log = self.stage.server.take_log().into_iter().map(|exchange| exchange.request);
        let writes = log.filter(|request| !["GET", "HEAD"].contains(&request.method.as_str()));
        writes.map(|request| (request.method.clone(), request.path().to_owned())).collect()
    }
}
