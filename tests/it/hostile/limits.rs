use std::collections::BTreeSet;

use reprove::limits::TABLE;

use super::*;

/// Makes what is compared.
type Pair = fn(&Stage) -> Sides<String>;

/// Limits that end in a gap or an error, with a value that is too low for what is compared in the test of their name.
const LOUD: [(&str, &str, Pair); 21] = [
    ("document-bytes", "100", plain),
    ("document-depth", "1", plain),
    ("document-nodes", "3", plain),
    ("index-descriptors", "1", platforms),
    ("index-depth", "0", nested_index),
    ("attestation-bytes", "100", attested),
    ("layers", "1", two_layers),
    ("layer-bytes", "1KiB", plain),
    ("layer-entries", "1", plain),
    ("expansion-bytes", "1KiB", expanding),
    ("expansion-ratio", "1", expanding),
    ("hole-bytes", "4KiB", holes),
    ("extension-bytes", "512", long_names),
    ("compression-members", "1", members),
    ("zstd-window-log", "10", zstd),
    ("archive-members", "1", docker),
    ("archive-name-bytes", "1", docker),
    ("archive-bytes", "1KiB", packed_docker),
    ("pending-entries", "1", reordered),
    ("tree-paths", "1", plain),
    ("findings", "1", times),
];

/// Limits beyond which a file is compared as bytes, which is a gap: what it holds may be nobody's.
const BYTES: [(&str, &str); 4] = [
    ("nested-bytes", "1KiB"),
    ("file-expansion-bytes", "1KiB"),
    ("file-expansion-ratio", "1"),
    ("decoded-bytes", "10KiB"),
];

/// Limits beyond which less is looked into or shown, and no gap is needed: everything that differs is still reported.
const QUIET: [&str; 8] = [
    "findings-memory-bytes",
    "document-findings",
    "memory-content-bytes",
    "prefix-bytes",
    "decoded-content-bytes",
    "nesting",
    "diff-lines",
    "diff-bytes",
];

/// Limits of transfers, which `registry::limits` and `registry::patience` test.
const TRANSFERS: [&str; 9] = [
    "idle-seconds",
    "answer-seconds",
    "transfer-seconds",
    "transfer-rate-bytes",
    "transfer-rate-seconds",
    "transfer-tries",
    "transfer-resumes",
    "retry-after-seconds",
    "challenges",
];

/// Limits of what is beside an image in a registry, which `registry::lookup` and `registry::push` test.
const BESIDE: [&str; 4] = ["evidence-count", "evidence-bytes", "evidence-seconds", "upload-piece-bytes"];

/// Reached only where a connection is neither accepted nor refused, which takes a network that a test has not.
const CONNECT: &str = "connect-seconds";

fn two_sides(stage: &Stage, side: impl Fn(&str) -> Value) -> Sides<String> {
    built(stage, &json!({ "original": side("one\n"), "rebuild": side("two\n"), "expect": { "cause": "" } }))
}

fn layer(layer: Value) -> Value {
    json!({ "layers": [layer] })
}

fn plain(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| {
        layer(json!({ "entries": [{ "path": "a", "text": text }, { "path": "b", "text": text, "repeat": 1000 }] }))
    })
}

fn platforms(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| {
        let mut side = layer(json!({ "entries": [{ "path": "a", "text": text }] }));
        side["index"] = json!({ "platforms": [
            { "platform": { "os": "linux", "architecture": "amd64" } },
            { "platform": { "os": "linux", "architecture": "arm64" } },
        ] });
        side
    })
}

fn nested_index(stage: &Stage) -> Sides<String> {
    let side = |name: &str| {
        let layout = stage.layout(name);
        let archive = [file("opt/file", name.as_bytes()), end()].concat();
        let manifest = layout.image(&[Layer::plain(&archive)]);
        let index = |inner: &Value| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [inner] });
        let inner = layout.document(INDEX, &index(&manifest));
        layout.naming(&layout.document(INDEX, &index(&inner)))
    };
    Sides::new(side("one"), side("two"))
}

fn attested(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| {
        let mut side = layer(json!({ "entries": [{ "path": "a", "text": "same" }] }));
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://example.com/note",
            "subject": [{ "name": "_", "digest": { "sha256": "$SUBJECT" } }],
            "predicate": { "note": text },
        });
        side["index"] = json!({ "platforms": [{}], "attestations": [{ "of": 0, "statements": [statement] }] });
        side
    })
}

fn two_layers(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| {
        let layer = json!({ "entries": [{ "path": "a", "text": text }] });
        json!({ "layers": [layer, layer] })
    })
}

/// Two megabytes that compress well: `expansion-bytes` must be set low for the ratio to matter.
fn expanding(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| layer(json!({ "entries": [{ "path": "a", "text": text, "repeat": 500_000 }] })))
}

fn holes(stage: &Stage) -> Sides<String> {
    let side = |name: &str| {
        let archive = [tarball::sparse(8192, &[(0, 3)], name.as_bytes()), end()].concat();
        stage.image(name, &[Layer::plain(&archive)])
    };
    Sides::new(side("one"), side("two"))
}

fn long_names(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| layer(json!({ "entries": [{ "path": "x".repeat(2000), "text": text }] })))
}

fn members(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| layer(json!({ "gzip": { "members": 3 }, "entries": [{ "path": "a", "text": text }] })))
}

fn zstd(stage: &Stage) -> Sides<String> {
    two_sides(stage, |text| {
        let layer_of = json!({ "compression": "zstd", "entries": [{ "path": "a", "text": text, "repeat": 5000 }] });
        layer(layer_of)
    })
}

fn docker(stage: &Stage) -> Sides<String> {
    two_sides(
        stage,
        |text| json!({ "archive": "docker", "layers": [{ "compression": "none", "entries": [{ "path": "a", "text": text }] }] }),
    )
}

fn packed_docker(stage: &Stage) -> Sides<String> {
    docker(stage).map(|reference| {
        let path = reference.strip_prefix("docker-archive:").unwrap();
        let packed = format!("{path}.gz");
        fs::write(&packed, bombs::gzip(&fs::read(path).unwrap())).unwrap();
        format!("docker-archive:{packed}")
    })
}

fn times(stage: &Stage) -> Sides<String> {
    let side = |mtime: u64| layer(json!({ "entries": [{ "path": "a", "text": "x", "mtime": mtime }] }));
    let pair = json!({ "original": side(1_700_000_000), "rebuild": side(1_700_000_097), "expect": { "cause": "" } });
    built(stage, &pair)
}

fn reordered(stage: &Stage) -> Sides<String> {
    let entry = |name: &str| json!({ "path": name, "text": "x" });
    let side = |names: [&str; 3]| layer(json!({ "entries": names.map(entry) }));
    let pair =
        json!({ "original": side(["a", "b", "c"]), "rebuild": side(["c", "b", "a"]), "expect": { "cause": "" } });
    built(stage, &pair)
}

#[test]
fn a_limit_that_is_reached_is_named_with_the_option_that_raises_it() {
    for (name, value, pair) in &LOUD {
        let stage = Stage::new();
        let pair = pair(&stage);
        let setting = format!("{name}={value}");
        let mut arguments = vec!["--limit", &setting];
        if *name == "expansion-ratio" {
            arguments.extend(["--limit", "expansion-bytes=1KiB"]);
        }
        let without = stage.0.diff(&pair, &[]);
        assert!(matches!(without.code, Some(0 | 1)), "{name}: {}{}", without.out, without.err);
        if *name == "expansion-bytes" {
            // The other half of the same limit.
            arguments.extend(["--limit", "expansion-ratio=2"]);
        }
        let with = stage.0.diff(&pair, &arguments);
        let said = stage.inconclusive(&with);
        assert!(said.contains(&format!("--limit {name}")), "{name}: {said}");
        let swapped = stage.0.diff(&Sides::new(pair.rebuild.clone(), pair.original.clone()), &arguments);
        assert_eq!(gaps(&with), gaps(&swapped), "{name}");
    }
}

#[test]
fn a_limit_beyond_which_less_is_looked_into_loses_no_difference() {
    let stage = Stage::new();
    let nested = |text: &str| json!({ "path": "c.tar.gz", "nested": { "entries": [{ "path": "d", "text": text }] } });
    let pair = two_sides(&stage, |text| {
        json!({
            "config": { "config": { "Labels": { "a": text, "b": text } } },
            "layers": [{ "entries": [{ "path": "a", "text": format!("{}{text}", "same\n".repeat(1000)) }, nested(text)] }],
        })
    });
    let paths = |run: &Run| -> BTreeSet<String> {
        let findings = run.report()["platforms"][0]["findings"].as_array().unwrap().clone();
        findings.iter().filter_map(|finding| Some(finding["location"]["path"].as_str()?.to_owned())).collect()
    };
    let without = stage.0.diff(&pair, &[]);
    assert_eq!(without.code, Some(1), "{}", without.err);
    for name in QUIET {
        let row = TABLE.iter().find(|row| row.name() == name).unwrap();
        let with = stage.0.diff(&pair, &["--limit", &format!("{name}={}", row.least)]);
        assert_eq!(with.code, Some(1), "{name}: {}{}", with.out, with.err);
        assert_eq!(paths(&with), paths(&without), "{name}");
        if ["memory-content-bytes", "prefix-bytes"].contains(&name) {
            assert_eq!(with.out, without.out, "{name} says where bytes are kept, not what is said of them");
        }
    }
}

#[test]
fn a_file_that_costs_too_much_is_compared_as_bytes_and_leaves_a_gap() {
    let stage = Stage::new();
    // The same text, compressed at two levels: a difference that is accepted once the files were looked into.
    let text: String = (0..400).map(|number| format!("{}\n", number * number)).collect();
    let side = |name: &str, level: u32| {
        let packed: Vec<_> = (0..3).map(|number| bombs::gzip_at(format!("{number}{text}").as_bytes(), level)).collect();
        let files = packed.iter().enumerate().flat_map(|(number, packed)| file(&format!("opt/{number}.gz"), packed));
        stage.image(name, &[Layer::plain(&files.chain(end()).collect::<Vec<u8>>())])
    };
    let pair = Sides::new(side("one", 1), side("two", 9));
    let swapped = Sides::new(pair.rebuild.clone(), pair.original.clone());
    let without = stage.0.diff(&pair, &[]);
    assert_eq!((without.code, gaps(&without).len()), (Some(0), 0), "{}{}", without.out, without.err);
    for (name, value) in BYTES {
        let setting = format!("{name}={value}");
        let mut arguments = vec!["--limit", &setting];
        if name == "file-expansion-ratio" {
            arguments.extend(["--limit", "file-expansion-bytes=1KiB"]);
        } else if name == "file-expansion-bytes" {
            arguments.extend(["--limit", "file-expansion-ratio=1"]);
        }
        let with = stage.0.diff(&pair, &arguments);
        assert_eq!(with.code, Some(1), "{name}: {}{}", with.out, with.err);
        let said = gaps(&with);
        let named = if name == "file-expansion-bytes" { "file-expansion-ratio" } else { name };
        assert!(said.len() == 1 && format!("{said:?}").contains("3 files are compared as bytes alone"), "{said:?}");
        assert!(format!("{said:?}").contains(&format!("(see --limit {named})")), "{name}: {said:?}");
        assert_eq!(said, gaps(&stage.0.diff(&swapped, &arguments)), "{name}");
        for threads in [1, 7] {
            let run = stage.0.diff_on(threads, &pair, &arguments);
            assert_eq!(run.out, with.out, "{name}, {threads} threads");
        }
    }
}

#[test]
fn every_limit_is_tested() {
    let loud = LOUD.iter().map(|(name, ..)| *name).chain(BYTES.iter().map(|(name, _)| *name));
    let tested = loud.chain(QUIET).chain(TRANSFERS).chain(BESIDE).chain([CONNECT]);
    let names: Vec<String> = TABLE.iter().map(reprove::limits::Limit::name).collect();
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(tested.collect::<BTreeSet<_>>(), names);
}

#[test]
fn sentences_name_only_limits_that_exist() {
    let mut files = Vec::new();
    crate::home::below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut named = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for (at, mark) in text.match_indices("(see --limit ") {
            let list = text[at + mark.len()..].split(')').next().unwrap();
            named.extend(list.split(" and ").map(str::to_owned));
        }
    }
    named.retain(|name| !["NAME", "{limit}"].contains(&name.as_str()));
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        assert!(TABLE.iter().any(|limit| limit.name() == name), "there is no limit {name}");
    }
}

#[test]
fn the_table_is_printed_for_people_and_machines() {
    let home = Home::new();
    let (text, json) = (home.run(&["limits"]), home.run(&["limits", "--format", "json"]));
    assert_eq!((text.code, json.code), (Some(0), Some(0)));
    let json = json.report();
    for limit in TABLE {
        let line = text.out.lines().find(|line| line.split(' ').next() == Some(&limit.name())).unwrap();
        assert!(line.ends_with(limit.meaning.trim()), "{line}");
        let row = json["limits"].as_array().unwrap().iter().find(|row| row["name"] == limit.name()).unwrap();
        assert_eq!(row["default"], limit.get(&reprove::limits::Limits::default()));
        assert_eq!(row["unit"], limit.unit.name());
    }
}

#[test]
fn a_limit_that_cannot_be_set_is_bad_usage() {
    let home = Home::new();
    for (setting, word) in [
        ("layer-byte=1GiB", "did you mean \"layer-bytes\"?"),
        ("layer-bytes", "NAME=VALUE"),
        ("layer-bytes=", "GiB"),
        ("layer-bytes=1GB", "GiB"),
        ("zstd-window-log=32", "from 10 to 31"),
        ("idle-seconds=1m", "seconds"),
    ] {
        let run = home.run(&["diff", "one", "two", "--limit", setting]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{setting}");
        assert!(run.err.contains(word), "{setting}: {}", run.err);
    }
    assert!(home.run(&["diff", "--help"]).out.contains("--limit <NAME=VALUE>"));
    assert!(home.run(&["man", "diff"]).out.contains("\\-\\-limit"));
    assert!(home.run(&["completions", "bash"]).out.contains("--limit"));
}
