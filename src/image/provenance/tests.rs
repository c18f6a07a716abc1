use base64::Engine as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::digest::Descriptor;
use crate::finding::Unfit;
use crate::image::json::DocumentError;
use crate::limits::Limits;

const BASE: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn parsed(statement: &Value) -> Option<Provenance> {
    Provenance::read(&Document::parse(statement.to_string().into_bytes().into(), &Limits::default()).unwrap())
}

fn blob(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn chain(names: &[&str]) -> Value {
    json!([names.iter().map(|name| json!({ "digest": blob(name).to_string(), "size": 1 })).collect::<Vec<_>>()])
}

fn notes() -> Value {
    json!({
        "source": {
            "locations": { "step0": {}, "step2": { "locations": [{ "ranges": [
                { "start": { "line": 5 }, "end": { "line": 5 } }, { "start": { "line": 4 }, "end": { "line": 4 } }] }] } },
            "infos": [{ "filename": "Dockerfile", "data": base64::engine::general_purpose::STANDARD.encode("FROM x\n") }],
        },
        "layers": { "step0:0": chain(&["a", "b"]), "step2:0": chain(&["a", "b", "c"]), "step10:0": chain(&["a", "b", "c"]) },
    })
}

fn config() -> Value {
    let identifier = format!("docker-image://docker.io/library/debian:12@sha256:{BASE}");
    json!({ "llbDefinition": [{ "id": "step0", "op": { "Op": { "source": { "identifier": identifier } } } }, { "id": "step2" }] })
}

fn materials() -> Value {
    json!([{ "uri": "pkg:docker/debian@12?platform=linux%2Famd64", "digest": { "sha256": BASE } }, { "uri": 1 }])
}

fn statement(version: &str, predicate: &Value) -> Value {
    let subject = json!([{ "name": "x", "digest": { "sha256": blob("manifest").encoded() } }, { "digest": {} }]);
    json!({ "predicateType": format!("{PREDICATE_TYPE}{version}"), "subject": subject, "predicate": predicate })
}

fn v02() -> Value {
    statement(
        "v0.2",
        &json!({
            "materials": materials(), "buildConfig": config(),
            "invocation": { "configSource": { "uri": "u", "entryPoint": "Dockerfile" },
                "parameters": { "frontend": "dockerfile.v0", "args": { "build-arg:A": "1", "odd": 2 } },
                "environment": { "platform": "linux/amd64" } },
            "metadata": { "buildStartedOn": "2026-01-01T00:00:00.5Z", "completeness": { "materials": true },
                "https://mobyproject.org/buildkit@v1#hermetic": true,
                "https://mobyproject.org/buildkit@v1#metadata": notes() },
        }),
    )
}

fn v1() -> Value {
    statement(
        "v1",
        &json!({
            "buildDefinition": { "resolvedDependencies": materials(),
                "externalParameters": { "configSource": { "uri": "u", "path": "Dockerfile" },
                    "request": { "frontend": "dockerfile.v0", "args": { "build-arg:A": "1", "odd": 2 } } },
                "internalParameters": { "builderPlatform": "linux/amd64", "buildConfig": config() } },
            "runDetails": { "metadata": { "invocationID": "x", "startedOn": "2026-01-01T00:00:00.5Z",
                "buildkit_completeness": { "resolvedDependencies": true }, "buildkit_hermetic": true,
                "buildkit_metadata": notes() } },
        }),
    )
}

#[test]
fn both_versions_say_the_same() {
    let (one, other) = (parsed(&v02()).unwrap(), parsed(&v1()).unwrap());
    assert_eq!((one.version, other.version), (Version::V02, Version::V1));
    assert_eq!(Provenance { version: Version::V1, ..one }, other);
    assert!(other.is_about(&blob("manifest")) && !other.is_about(&blob("other")));
    assert_eq!(other.arguments, BTreeMap::from([("build-arg:A".to_owned(), "1".to_owned())]));
    assert_eq!((other.hermetic, other.complete, other.has_epoch()), (true, true, false));
    assert_eq!(other.source.path.as_deref(), Some("Dockerfile"));
    assert_eq!(other.steps.map(|steps| steps.dockerfiles[0].text.clone()).as_deref(), Some("FROM x\n"));
}

#[test]
fn layers_belong_to_the_base_or_to_the_first_step_that_has_them() {
    let provenance = parsed(&v1()).unwrap();
    let layers = [blob("a"), blob("b"), blob("c")];
    let base = provenance.base_image(&layers).unwrap();
    assert_eq!((base.purl.to_string().as_str(), base.layers), ("debian:12 (linux/amd64)", 2));
    assert_eq!(base.digest, format!("sha256:{BASE}"));
    let steps = provenance.steps.as_ref().unwrap();
    assert_eq!(steps.own_layers(&layers), [false, false, true]);
    let line = SourceLine { path: "Dockerfile".to_owned(), line: 4 };
    assert_eq!(steps.lines(&layers), [None, None, Some(line)]);
    // Another image's layers are nobody's.
    assert_eq!(provenance.base_image(&[blob("a"), blob("x"), blob("c")]), None);
    assert_eq!(steps.own_layers(&[blob("x"), blob("b"), blob("c")]), [false; 3]);
}

#[test]
fn only_a_copy_from_what_the_client_sent_is_of_the_context() {
    let definition = "/predicate/buildDefinition/internalParameters/buildConfig/llbDefinition";
    let copies = |source: &str, secondary: i64, extra: Value| {
        let mut statement = v1();
        let copy = json!({ "Action": { "copy": { "src": "/a" } }, "input": 0, "secondaryInput": secondary });
        let actions = json!([copy, extra]);
        *statement.pointer_mut(definition).unwrap() = json!([
            { "id": "step0", "op": { "Op": { "source": { "identifier": format!("docker-image://x@sha256:{BASE}") } } } },
            { "id": "step1", "op": { "Op": { "source": { "identifier": source } } } },
            { "id": "step2", "inputs": ["step0:0", "step1:0"], "op": { "Op": { "file": { "actions": actions } } } },
        ]);
        parsed(&statement).unwrap().steps.unwrap().context_layers(&[blob("a"), blob("b"), blob("c")])
    };
    let mkdir = || json!({ "Action": { "mkdir": { "path": "/b" } }, "input": 0, "secondaryInput": -1 });
    assert_eq!(copies("local://context", 1, mkdir()), [false, false, true]);
    assert_eq!(copies("docker-image://y@sha256:1", 1, mkdir()), [false; 3]);
    // From the stage before, from what an action made, from nowhere.
    for secondary in [0, 2, -1] {
        assert_eq!(copies("local://context", secondary, mkdir()), [false; 3]);
    }
    let other = json!({ "Action": { "mkfile": { "path": "/b" } }, "input": 0, "secondaryInput": -1 });
    assert_eq!(copies("local://context", 1, other), [false; 3]);
    let stage = json!({ "Action": { "copy": { "src": "/a" } }, "input": 0, "secondaryInput": 0 });
    assert_eq!(copies("local://context", 1, stage), [false; 3]);
}

#[test]
fn two_images_with_the_same_layers_are_no_base() {
    let mut ambiguous = v1();
    let definition = "/predicate/buildDefinition/internalParameters/buildConfig/llbDefinition";
    let second = json!({ "id": "step1", "op": { "Op": { "source": { "identifier": format!("oci-layout://y@sha256:{}", "2".repeat(64)) } } } });
    ambiguous.pointer_mut(definition).unwrap().as_array_mut().unwrap().push(second);
    *ambiguous.pointer_mut("/predicate/runDetails/metadata/buildkit_metadata/layers/step10:0").unwrap() = json!([]);
    ambiguous["predicate"]["runDetails"]["metadata"]["buildkit_metadata"]["layers"]["step1:0"] = chain(&["a", "b"]);
    ambiguous["predicate"]["buildDefinition"]["resolvedDependencies"][1] =
        json!({ "uri": "pkg:oci/y@1", "digest": { "sha256": "2".repeat(64) } });
    assert_eq!(parsed(&ambiguous).unwrap().base_image(&[blob("a"), blob("b")]), None);
}

#[test]
fn the_image_of_the_frontend_is_named_as_package_urls_name_it() {
    let named = |source: &str| {
        let mut statement = v02();
        statement["predicate"]["invocation"]["parameters"]["args"]["source"] = json!(source);
        parsed(&statement).unwrap().frontend_image().map(str::to_owned)
    };
    assert_eq!(named("docker/dockerfile:1").as_deref(), Some("docker/dockerfile"));
    assert_eq!(named("docker.io/docker/dockerfile@sha256:00").as_deref(), Some("docker/dockerfile"));
    assert_eq!(named("localhost:5000/x").as_deref(), Some("localhost:5000/x"));
    assert_eq!(named(""), None);
}

#[test]
fn what_is_no_provenance_is_passed_over() {
    assert_eq!(parsed(&json!({ "predicateType": "https://spdx.dev/Document", "predicate": {} })), None);
    assert_eq!(parsed(&json!({ "predicateType": "https://slsa.dev/provenance/v9", "predicate": {} })), None);
    assert_eq!(parsed(&json!([])), None);
    let least = parsed(&statement("v1", &json!({ "runDetails": 5 }))).unwrap();
    assert_eq!((least.steps, least.started, least.materials), (None, None, Vec::new()));
}

/// Documents by digest.
struct Store(BTreeMap<Digest, Vec<u8>>);

impl Store {
    fn add(&mut self, document: &Value) -> Value {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let descriptor =
            json!({ "mediaType": "application/vnd.in-toto+json", "digest": digest.to_string(), "size": bytes.len() });
        self.0.insert(digest, bytes);
        descriptor
    }

    fn holder(&mut self, statement: &Value, subject: Option<&Digest>) -> Descriptor {
        let layer = self.add(statement);
        let mut manifest = json!({ "schemaVersion": 2, "config": layer, "layers": [layer] });
        if let Some(subject) = subject {
            manifest["subject"] = json!({ "mediaType": "", "digest": subject.to_string(), "size": 1 });
        }
        let descriptor = self.add(&manifest);
        Descriptor::of(&Digest::parse(descriptor["digest"].as_str().unwrap()).unwrap())
    }

    fn attached(&self, holders: &[Descriptor]) -> Attached {
        let mut read = |blob: &Descriptor| {
            let bytes = self.0.get(&blob.digest).map(|bytes| bytes.as_slice().into());
            bytes.ok_or_else(|| DocumentError::malformed(Unfit::Unknown))
        };
        attached(&blob("manifest"), holders, &Limits::default(), &mut read)
    }
}

#[test]
fn only_what_is_about_the_image_is_evidence() {
    let mut store = Store(BTreeMap::new());
    let right = store.holder(&v02(), None);
    let mut other = v1();
    other["subject"][0]["digest"]["sha256"] = json!(blob("other").encoded());
    let misplaced = store.holder(&other, None);
    let elsewhere = store.holder(&v1(), Some(&blob("other")));
    let lost = Descriptor::of(&blob("lost"));
    assert_eq!(store.attached(&[misplaced.clone(), elsewhere.clone()]).unbound, None);
    let found = store.attached(&[lost, misplaced, elsewhere, right]);
    assert_eq!(found.provenance.map(|provenance| provenance.version), Some(Version::V02));
    let subjects: Vec<_> = found.misplaced.iter().map(|misplaced| misplaced.subjects.clone()).collect();
    assert_eq!(subjects, [vec![blob("other")], vec![blob("manifest")]]);
}

#[test]
fn what_names_no_subject_says_where_things_stand_and_is_no_evidence() {
    let mut store = Store(BTreeMap::new());
    let mut statement = v1();
    statement["subject"] = json!([]);
    let bound = store.holder(&statement, Some(&blob("manifest")));
    let elsewhere = store.holder(&statement, Some(&blob("other")));
    let found = store.attached(&[bound]);
    assert_eq!(found.unbound.map(|provenance| provenance.version), Some(Version::V1));
    assert_eq!((found.provenance, found.misplaced.len()), (None, 1));
    assert_eq!(store.attached(&[elsewhere]).unbound, None);
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "predicate",
        "materials",
        "uri",
        "digest",
        "invocation",
        "parameters",
        "args",
        "metadata",
        "buildConfig",
        "llbDefinition",
        "layers",
        "source",
        "locations",
        "infos",
        "data",
        "step0",
        "step0:0",
        "subject",
        "id",
        "op",
        "Op",
        "https://mobyproject.org/buildkit@v1#metadata",
        "ranges",
        "start",
        "line",
        "sha256",
        "identifier",
    ]);
    let leaf = prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from), ".{0,8}".prop_map(Value::from)];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|members| Value::Object(
                members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn any_statement_is_read_or_passed_over(predicate in any_json(), version in "v(0\\.2|1)", names in prop::collection::vec("[abc]", 0..4)) {
        let provenance = parsed(&statement(&version, &predicate)).unwrap();
        prop_assert!(provenance.is_about(&blob("manifest")));
        let layers: Vec<Digest> = names.iter().map(|name| blob(name)).collect();
        if let Some(base) = provenance.base_image(&layers) {
            prop_assert!(base.layers as usize <= layers.len());
        }
        if let Some(steps) = &provenance.steps {
            prop_assert_eq!(steps.lines(&layers).len(), layers.len());
            prop_assert_eq!(steps.context_layers(&layers).len(), layers.len());
        }
    }

    #[test]
    fn any_package_url_is_read_or_passed_over(uri in "(pkg:(docker|oci)/)?[a-z/@?&=%:0-9#]{0,40}") {
        let key = material_key(&uri);
        prop_assert!(uri.starts_with(key.split('?').next().unwrap_or_default()));
        if let Some(purl) = ImagePurl::parse(&uri) {
            prop_assert!(!purl.to_string().is_empty());
        }
    }
}
