use std::time::{Duration, Instant};

use reprove::digest::Digest;

use super::evidence::{BUNDLE, Case, INDEX, MANIFEST, with_api};
use super::*;

/// A registry that lists under a tag, with good evidence in it.
fn case() -> Case {
    let case = Case::new(Abilities::default());
    case.pushed(&["--bundle", "good"]);
    case
}

#[test]
fn evidence_is_found_wherever_it_is() {
    for abilities in [Abilities::default(), with_api()] {
        let case = Case::new(abilities);
        let none = case.verify(&[]);
        assert_eq!((none.code, none.out.as_str()), (Some(1), ""));
        assert!(none.err.contains("no evidence is beside it"), "{}", none.err);
        case.pushed(&["--bundle", "good"]);
        let run = case.verify(&[]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert!(run.out.contains(", in referrer sha256:"), "{}", run.out);
        // The tag of another image, or a key that signed nothing.
        let rebuild = case.stage.references().rebuild;
        assert_eq!(case.stage.home.run(&["verify", "--key", "1.pub", &rebuild]).code, Some(1));
        let other = case.stage.home.run(&["verify", "--key", "2.pub", &case.image()]);
        assert_eq!(other.code, Some(1));
        assert!(other.err.contains("does not count: its signature 1 is by none of the keys"), "{}", other.err);
    }
    // Under cosign's tag alone, and as cosign 3.1 lists what it puts there.
    let case = case();
    case.pushed(&["--bundle", "good", "--cosign-tag"]);
    let mut list = case.list();
    case.set_list(&[]);
    let run = case.verify(&[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("in cosign's tag"), "{}", run.out);
    let list: Vec<Value> = list
        .drain(..)
        .map(|mut entry| {
            entry["artifactType"] = json!("application/vnd.oci.empty.v1+json");
            entry.as_object_mut().unwrap().shift_remove("annotations");
            entry
        })
        .collect();
    case.set_list(&list);
    assert_eq!(case.verify(&[]).out.lines().count(), 2);
}

#[test]
fn a_registry_is_asked_only_where_nothing_is_given() {
    let case = Case::new(Abilities::default());
    let run = case.verify(&["--bundle", "good"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let asked = case.stage.server.take_log();
    assert!(asked.iter().all(|exchange| !exchange.request.path().contains("referrers")), "{asked:?}");
    for image in [&case.digest, &case.stage.local().original] {
        let run = case.stage.home.run(&["verify", "--key", "1.pub", image]);
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains("--bundle"), "{}", run.err);
    }
}

#[test]
fn evidence_of_another_image_does_not_count() {
    let case = case();
    // Listed here, and about another image by its own manifest.
    let good = fs::read(case.path("good")).unwrap();
    let mut manifest = case.manifest(&good);
    manifest["subject"]["digest"] = json!(Digest::of(b"another").to_string());
    case.plant(&manifest);
    case.verified_though("its manifest refers to another image");
    manifest.as_object_mut().unwrap().shift_remove("subject");
    case.plant(&manifest);
    case.verified_though("its manifest refers to another image");
    // Attached to this image, and about another one by what was signed.
    let mut statement = case.statement("good");
    statement["subject"][0]["digest"]["sha256"] = json!("1".repeat(64));
    let entry = case.plant(&case.manifest(&case.sign(1, &statement)));
    case.verified_though("it is about another image");
    case.set_list(&[entry]);
    case.refused(1, "there is no evidence that holds [evidence-none]\n", &[]);
}

#[test]
fn what_anybody_can_put_there_is_not_in_the_way() {
    let case = case();
    let good = fs::read(case.path("good")).unwrap();
    case.plant(&case.manifest(&case.sign(2, &case.statement("good"))));
    case.verified_though("its signature 1 is by none of the keys [evidence-signature]\n");
    case.plant(&case.manifest(b"{}"));
    case.verified_though("missing field");
    let mut provenance = case.statement("good");
    provenance["predicateType"] = json!("https://slsa.dev/provenance/v1");
    case.plant(&case.manifest(&case.sign(1, &provenance)));
    case.verified_though("its predicate is a \"https://slsa.dev/provenance/v1\"");
    let mut two = case.manifest(&good);
    let layer = two["layers"][0].clone();
    two["layers"].as_array_mut().unwrap().push(layer);
    case.plant(&two);
    case.verified_though("it has 2 layers; a bundle is one");
    let mut absent = case.plant(&case.manifest(&case.sign(3, &case.statement("good"))));
    absent["digest"] = json!(Digest::of(b"deleted").to_string());
    case.set_list(&[case.list(), vec![absent]].concat());
    case.verified_though("it is not there");
    // Things that are no bundles are not even mentioned.
    let before = case.verify(&[]).err;
    let mut other = case.manifest(b"an SBOM");
    other["artifactType"] = json!("application/spdx+json");
    case.plant(&other);
    other["artifactType"] = json!("application/vnd.oci.empty.v1+json");
    other["layers"][0]["mediaType"] = json!("application/spdx+json");
    case.plant(&other);
    assert_eq!(case.verify(&[]).err, before);
    assert_eq!(case.verify(&["--quiet"]).err, "");
}

#[test]
fn what_is_too_large_or_not_what_it_is_said_to_be_is_no_evidence() {
    let case = case();
    let large = [case.sign(1, &case.statement("good")), vec![b' '; 2 << 20]].concat();
    case.plant(&case.manifest(&large));
    case.verified_though("it has 2");
    let mut manifest = case.manifest(&case.sign(2, &case.statement("good")));
    manifest["layers"][0]["size"] = json!(10);
    case.plant(&manifest);
    case.verified_though("its bytes are not those that its digest and size promise");
    // A blob that grew: not more than a limit of it is read.
    let digest = manifest["layers"][0]["digest"].as_str().unwrap();
    case.stage.fake.corrupt(NAME, digest, |bytes| bytes.resize(3 << 20, b' '));
    case.refused(2, "the answer has more than the 1048576 bytes", &[]);
}

#[test]
fn a_trusted_statement_against_the_image_counts_wherever_it_is() {
    let case = case();
    case.attest("2", "strict", &["--strict", "-o", "dsse=strict.dsse"]);
    case.pushed(&["--bundle", "strict"]);
    assert_eq!(case.verify(&[]).code, Some(0), "the second key is not trusted");
    case.refused(1, "its verdict is different", &["--key", "2.pub"]);
    let run = case.verify(&["--key", "2.pub"]);
    assert!(run.err.contains(": equivalent, ") && run.err.contains(": different ("), "both are shown: {}", run.err);
    // However old it is, while what is old shows nothing good.
    case.refused(1, "its verdict is different", &["--key", "2.pub", "--max-age", "30"]);
    case.refused(1, "does not count: it does not say when the images were compared", &["--max-age", "30"]);
    case.attest("1", "fresh", &["--now"]);
    case.pushed(&["--bundle", "fresh"]);
    let fresh = case.verify(&["--max-age", "30"]);
    assert_eq!((fresh.code, fresh.out.lines().count()), (Some(0), 1), "{}", fresh.err);
    // Nor does one that a trusted key signed and nobody can make sense of pass unseen.
    let mut vague = case.statement("good");
    vague["predicate"]["more"] = json!(1);
    case.plant(&case.manifest(&case.sign(1, &vague)));
    case.refused(1, "unknown field `more`", &[]);
}

#[test]
fn lists_without_end_end() {
    let case = case();
    let many = |count: usize| -> Vec<Value> {
        let entry = |number: usize| {
            json!({ "mediaType": MANIFEST, "digest": Digest::of(&number.to_le_bytes()).to_string(), "size": 9,
                "artifactType": BUNDLE })
        };
        (0..count).map(entry).collect()
    };
    case.set_list(&many(30));
    case.refused(2, "more than 20 things beside the image may be evidence", &["--limit", "evidence-count=20"]);
    let run = case.verify(&[]);
    assert_eq!((run.code, run.err.matches("does not count: it is not there").count()), (Some(1), 30), "{}", run.err);
    case.set_list(&many(10_001));
    case.refused(2, "index-descriptors", &[]);
    let good = fs::read(case.path("good")).unwrap();
    case.set_list(&[]);
    for number in 0..3 {
        let mut manifest = case.manifest(&good);
        manifest["number"] = json!(number);
        case.plant(&manifest);
    }
    case.refused(2, "evidence-bytes", &["--limit", &format!("evidence-bytes={}", good.len() * 2)]);
    case.stage.faults.add(Rule::always("/blobs/", Fault::Late(Duration::from_millis(700))));
    let start = Instant::now();
    case.refused(2, "evidence-seconds", &["--limit", "evidence-seconds=1"]);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn pages_without_end_end() {
    let case = Case::new(with_api());
    case.pushed(&["--bundle", "good"]);
    let next = format!("</v2/{NAME}/referrers/{}>; rel=\"next\"", case.digest);
    case.stage.faults.add(Rule::always("/referrers/", Fault::Header("Link", next)));
    case.stage.server.take_log();
    case.refused(2, "more than 100 pages", &[]);
    assert!(case.stage.server.take_log().len() < 200);
}

#[test]
fn a_list_that_cannot_be_had_is_no_answer() {
    let case = case();
    // Answers of registries that do not know the question.
    for (status, kind) in [(400, "text/plain"), (405, ""), (404, ""), (501, ""), (200, "text/html")] {
        case.stage.faults.clear();
        let headers = vec![("Content-Type", kind.to_owned())];
        case.stage.faults.add(Rule::always("/referrers/", Fault::Answer(status, headers, "<html>no</html>".into())));
        assert_eq!(case.verify(&[]).code, Some(0), "{status}");
    }
    let few = ["--limit", "transfer-tries=2"];
    for (target, fault) in [
        ("/referrers/", Fault::Answer(200, vec![("Content-Type", INDEX.to_owned())], "<html>no</html>".into())),
        ("/referrers/", Fault::Answer(503, vec![], String::new())),
        ("/referrers/", Fault::Answer(403, vec![], String::new())),
        (&case.tag(), Fault::Answer(200, vec![], "nothing".into())),
        (&case.tag(), Fault::Answer(500, vec![], String::new())),
        ("/blobs/", Fault::Answer(500, vec![], String::new())),
        (".att", Fault::Answer(200, vec![], "[".into())),
    ] {
        case.stage.faults.clear();
        case.stage.faults.add(Rule::always(target, fault.clone()));
        let run = case.verify(&few);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{target}, {fault:?}: {}", run.err);
    }
}

#[test]
fn what_is_stated_is_compared_again() {
    let case = case();
    let Sides { rebuild, original } = case.stage.references();
    let good = case.verify(&["--recompute", &rebuild]);
    assert_eq!((good.code, good.err.as_str()), (Some(0), ""));
    case.refused(1, "it is about another rebuild", &["--recompute", &original]);
    // The same evidence put there again and again is compared again once.
    let mut manifest = case.manifest(&fs::read(case.path("good")).unwrap());
    for number in 0..4 {
        manifest["number"] = json!(number);
        case.plant(&manifest);
    }
    case.stage.server.take_log();
    let often = case.verify(&["--recompute", &rebuild, "--no-cache"]);
    assert_eq!((often.code, often.out.lines().count()), (Some(0), 5), "{}", often.err);
    let log = case.stage.server.take_log();
    assert_eq!(log.iter().filter(|exchange| exchange.request.path().ends_with("/manifests/rebuild")).count(), 1);
    let of_file = case.verify(&["--bundle", "good", "--recompute", &rebuild]);
    assert_eq!(of_file.code, Some(0), "{}", of_file.err);
    let digest =
        case.stage.home.run(&["verify", "--key", "1.pub", "--bundle", "good", "--recompute", &rebuild, &case.digest]);
    assert_eq!(digest.code, Some(2), "a digest cannot be compared");
    // A false statement that a trusted key signed: believed, and found out.
    let lies = |edit: &dyn Fn(&mut Value), why: &str| {
        let mut statement = case.statement("good");
        edit(&mut statement["predicate"]);
        assert_ne!(statement, case.statement("good"));
        fs::write(case.path("lie"), case.sign(1, &statement)).unwrap();
        assert_eq!(case.verify(&["--bundle", "lie"]).code, Some(0), "{why}");
        let arguments = ["--bundle", "lie", "--recompute", rebuild.as_str()];
        let run = case.verify(&arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{why}: {}", run.err);
        assert!(run.err.contains(why), "{why:?}: {}", run.err);
    };
    let other = json!(Digest::of(b"x").to_string());
    lies(
        &|predicate| predicate["platforms"][0]["canonicalDigest"]["original"] = other.clone(),
        "the canonical digests of linux/amd64 are not those that it says",
    );
    lies(&|predicate| predicate["canonicalForm"] = json!("reprove canonical form 9"), "its canonical digests are of");
    lies(
        &|predicate| predicate["platforms"][0]["rebuild"]["sha256"] = json!("1".repeat(64)),
        "the images have no linux/amd64 of the manifests that it says",
    );
    // What is different under the policy that was taken is stated as that, and holds.
    case.attest("1", "strict", &["--strict"]);
    fs::write(case.path("p.toml"), "verdict = \"different\"\ncauses = [\"tar-mtime\", \"derived-digest-cascade\"]\n")
        .unwrap();
    let strict = case.verify(&["--bundle", "strict", "--policy", "p.toml", "--recompute", &rebuild]);
    assert_eq!(strict.code, Some(0), "{}", strict.err);
}

/// What a builder put into an index, and what others put beside it, is said to be there, and decides nothing.
#[test]
fn statements_of_others_are_shown_wherever_they_are() {
    let case = case();
    let mut provenance = case.statement("good");
    provenance["predicateType"] = json!("https://slsa.dev/provenance/v1");
    provenance["predicate"] = json!({ "runDetails": { "builder": { "id": "https://ci.example" } } });
    let entry = case.plant(&case.manifest(&case.sign(1, &provenance)));
    case.verified_though("its predicate is a \"https://slsa.dev/provenance/v1\"");
    let note = "it is provenance by https://ci.example, about this image, signed by key sha256:";
    assert!(case.verify(&[]).err.contains(note), "{}", case.verify(&[]).err);
    assert_eq!(case.verify(&["--quiet"]).err, "");
    case.set_list(&[entry]);
    case.refused(1, "there is no evidence that holds [evidence-none]\n", &[]);
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/multi");
    case.stage.fake.push(NAME, "multi", &testdata.join("original"));
    let multi = case.image().replace(":original", ":multi");
    let verify = |arguments: &[&str]| {
        let run = case.stage.home.run(&[&["verify", "--key", "1.pub", &multi], arguments].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{}", run.err);
        run.err
    };
    let said = verify(&[]);
    assert_eq!(said.matches("it is provenance by BuildKit, about this image, not signed").count(), 2, "{said}");
    assert!(!verify(&["--quiet"]).contains("BuildKit"));
    // A registry that has lost them has nothing to say of them, and all else goes on.
    case.stage.faults.add(Rule::always("/blobs/", Fault::Answer(404, vec![], String::new())));
    let lost = verify(&[]);
    assert!(!lost.contains("BuildKit") && lost.contains("no evidence is beside it"), "{lost}");
}

#[test]
fn a_list_that_lies_changes_nothing() {
    let case = case();
    let good = case.list();
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut entry = good[0].clone();
        edit(&mut entry);
        case.set_list(&[entry]);
    };
    // What the list says of an artifact is not believed.
    for kind in [json!("application/vnd.oci.empty.v1+json"), Value::Null, json!("")] {
        with(&|entry| entry["artifactType"] = kind.clone());
        assert_eq!(case.verify(&[]).code, Some(0), "{kind}");
    }
    with(&|entry| entry["size"] = json!(entry["size"].as_u64().unwrap() + 1));
    case.refused(1, "its bytes are not those that its digest and size promise", &[]);
    // Things that lead elsewhere: to the image itself, to a list, and to what nobody can verify.
    with(&|entry| entry["digest"] = json!(case.digest));
    assert_eq!(case.verify(&[]).code, Some(1));
    let nested =
        case.stage.fake.push_manifest(NAME, &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": good }));
    case.set_list(&[nested]);
    assert_eq!(case.verify(&[]).code, Some(1));
    with(&|entry| entry["digest"] = json!("md5:d41d8cd98f00b204e9800998ecf8427e"));
    assert_eq!(case.verify(&[]).code, Some(1));
    // One thing many times is one.
    case.set_list(&vec![good[0].clone(); 300]);
    let often = case.verify(&[]);
    assert_eq!((often.code, often.out.lines().count()), (Some(0), 1), "{}", often.err);
}
