use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::forward::Forward;
use super::*;
use crate::web::Server;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

fn put(url: &str, media_type: &str, bytes: &[u8], folder: &Path) {
    let file = folder.join("body");
    fs::write(&file, bytes).unwrap();
    let content = format!("Content-Type: {media_type}");
    let data = format!("@{}", file.display());
    must(Command::new("curl").args([
        "-sSf",
        "--noproxy",
        "*",
        "-X",
        "PUT",
        "-H",
        &content,
        "--data-binary",
        &data,
        url,
    ]));
}

fn put_blob(registry: &Registry, bytes: &[u8]) -> (String, usize) {
    let start = format!("http://{}/v2/{NAME}/blobs/uploads/", registry.host());
    let answer = must(Command::new("curl").args(["-sSfi", "--noproxy", "*", "-X", "POST", &start])).stdout;
    let answer = String::from_utf8(answer).unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap().trim();
    let url = format!("http://{}{location}&digest={}", registry.host(), digest(bytes));
    put(&url, "application/octet-stream", bytes, registry.folder.path());
    (digest(bytes), bytes.len())
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn referrers_are_found_by_the_tag_that_stands_in_for_the_api() {
    if !have("the fall-back tag", &[&PROGRAMS[..], &["curl"]].concat()) {
        return;
    }
    let (registry, home, layouts) = (Registry::start(Setup::default()), Home::new(), first());
    push(&registry, &layouts);
    let before = home.diff(&references(&registry.host()), &["--no-cache"]);
    let subject = before.report()["original"]["digest"].as_str().unwrap().to_owned();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{ "name": NAME, "digest": { "sha256": subject.trim_start_matches("sha256:") } }],
        "predicate": { "buildDefinition": { "buildType": "https://mobyproject.org/buildkit@v1",
            "externalParameters": { "request": { "frontend": "dockerfile.v0", "args": { "build-arg:VERSION": "1" } } },
            "resolvedDependencies": [] }, "runDetails": { "builder": { "id": "" } } },
    });
    let (config, config_size) = put_blob(&registry, b"{}");
    let (layer, layer_size) = put_blob(&registry, statement.to_string().as_bytes());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.in-toto+json",
        "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": config, "size": config_size },
        "layers": [{ "mediaType": "application/vnd.in-toto+json", "digest": layer, "size": layer_size,
            "annotations": { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" } }],
        "subject": { "mediaType": MANIFEST, "digest": subject, "size": 1 },
    })
    .to_string();
    let manifests = format!("http://{}/v2/{NAME}/manifests", registry.host());
    let referrer = digest(manifest.as_bytes());
    put(&format!("{manifests}/{referrer}"), MANIFEST, manifest.as_bytes(), registry.folder.path());
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{ "mediaType": MANIFEST, "digest": referrer, "size": manifest.len(),
            "artifactType": "application/vnd.in-toto+json" }],
    })
    .to_string();
    let tag = subject.replace(':', "-");
    put(
        &format!("{manifests}/{tag}"),
        "application/vnd.oci.image.index.v1+json",
        index.as_bytes(),
        registry.folder.path(),
    );
    let proxy = Server::start(Forward(registry.host()));
    let run = home.diff(&references(&proxy.host()), &["--no-cache"]);
    assert!(matches!(run.code, Some(0 | 1)), "{}{}", run.out, run.err);
    let log = proxy.take_log();
    for target in [format!("/manifests/{tag}"), format!("/manifests/{referrer}"), format!("/blobs/{layer}")] {
        assert!(log.iter().any(|exchange| exchange.request.path().ends_with(&target)), "{target} was not read");
    }
}

/// Pairs that `scripts/build-pairs` made with real builders, where this variable names their directory.
const PAIRS: &str = "REPROVE_PAIRS";

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn pairs_of_real_builders_compare_as_in_files() {
    if !have("pairs of real builders", &PROGRAMS) {
        return;
    }
    let registry = Registry::start(Setup::default());
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/multi");
    let larger = std::env::var_os(PAIRS).map(PathBuf::from);
    let named = ["buildkit", "base", "warm", "builder-buildah-buildkit", "python"];
    let larger = larger.iter().flat_map(|folder| named.map(|pair| folder.join(pair)));
    for pair in std::iter::once(kept).chain(larger) {
        let layouts = Sides::new(pair.join("original"), pair.join("rebuild"));
        assert!(layouts.original.is_dir(), "{} is not there: scripts/build-pairs makes it", pair.display());
        push(&registry, &layouts);
        let home = Home::new();
        assert_truth(&home.diff(&references(&registry.host()), &[]), &home, &layouts);
    }
}
