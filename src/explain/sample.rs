//! A comparison as the engine would explain it, made by hand for the tests of what comes after the engine.

use std::sync::Arc;

use crate::causes::{Builder, Cause, Change, Edit, Fix, Hazard, Need, Proof, Reach, Severity, Spot};
use crate::digest::Digest;
use crate::explain::converge::Convergence;
use crate::explain::derived::{From, Spans};
use crate::explain::{
    BuiltBy, Claim, Explained, Explanation, FindingRef, IndexExplanation, Inputs, Named, PlatformExplanation, Store,
    Warning,
};
use crate::finding::{
    Aspect, BadBlob, Detail, Diff, DiffForm, Finding, Gap, GapReason, Kind, Location, Secret, Sides, Value,
};

/// A cause with nothing to say but its name.
const fn cause(id: &'static str, title: &'static str, severity: Severity, proof: Proof) -> Cause {
    Cause { id, title, source: "", severity, scope: &[], proof, witness: None, hazard: None, remedies: &[] }
}

/// A fix with nothing to say but its name.
const fn fix(id: &'static str, builder: Option<Builder>, change: Change) -> Fix {
    Fix { id, builder, since: None, until: None, also: None, change, note: None, reach: Reach::Everywhere, needs: &[] }
}

static GIT_TIMES: Fix =
    fix("git-times", None, Change::File("Build from a Git checkout whose times are set to the commit's"));
static ARGUMENT: Fix = Fix {
    since: Some("0.11"),
    ..fix(
        "argument",
        Some(Builder::Buildkit),
        Change::Build(&["--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)"]),
    )
};
static REWRITE: Fix = Fix {
    since: Some("0.13"),
    needs: &[Need { one_of: &[&ARGUMENT], reason: "without a time nothing is rewritten" }],
    ..fix("a-rewrite", Some(Builder::Buildkit), Change::Build(&["--output type=image,rewrite-timestamp=true"]))
};
static REPRODUCIBLE: Fix = fix("reproducible", Some(Builder::Kaniko), Change::Build(&["--reproducible"]));
static EPOCH: Fix = Fix {
    needs: &[Need { one_of: &[&ARGUMENT], reason: "without a value it is unset" }],
    ..fix("epoch", None, Change::Dockerfile(Edit::Insert { line: "ARG SOURCE_DATE_EPOCH", place: Spot::EachStage }))
};
static SNAPSHOT: Fix =
    fix("snapshot", None, Change::Words("Install from a snapshot of the archive, with versions pinned"));

pub(crate) static MTIME: Cause = Cause {
    source: "//! # What differs\n//! The time of each file\n//! in a layer.\n//!\n//! # How to fix the build\n//! - one\n//! - two\n\nuse x;",
    remedies: &[&REWRITE, &GIT_TIMES, &REPRODUCIBLE],
    ..cause(
        "entry-mtime",
        "Files in a layer carry the time of the build",
        Severity::Cosmetic,
        Proof::Canonical(|_| None),
    )
};
pub(crate) static PYC: Cause = Cause {
    remedies: &[&EPOCH],
    ..cause(
        "pyc-header-mtime",
        "Compiled Python files embed the time of their source",
        Severity::Cosmetic,
        Proof::Canonical(|_| None),
    )
};
pub(crate) static DRIFT: Cause = Cause {
    remedies: &[&SNAPSHOT],
    ..cause(
        "package-drift",
        "Another version of a package was installed",
        Severity::Behavioural,
        Proof::Attributed(|_| None),
    )
};
pub(crate) static DIGEST: Cause =
    cause("layer-digest", "The digest of a layer that differs", Severity::Cosmetic, Proof::Derived(|_, _| None));
pub(crate) static CONFIG_DIGEST: Cause =
    cause("config-digest", "The digest of a config that differs", Severity::Cosmetic, Proof::Derived(|_, _| None));
pub(crate) static HISTORY_SECRET: Cause = cause(
    "history-secret",
    "A secret is recorded in the history",
    Severity::Security,
    Proof::Warning(Hazard::Config(|_| None)),
);

pub(crate) fn explained(finding: Finding, claim: Claim, cause: Option<&'static Cause>) -> Explained {
    let converges = matches!(claim, Claim::Proven | Claim::Excluded);
    Explained {
        finding,
        claim,
        cause,
        converges,
        grounded: claim != Claim::Derived,
        canonical: None,
        witness: None,
        from: Vec::new(),
        from_count: 0,
        astray: false,
        diff: None,
    }
}

pub(crate) fn derived(finding: Finding, cause: &'static Cause, from: &[(usize, usize)]) -> Explained {
    let from: Vec<FindingRef> =
        from.iter().map(|(section, position)| FindingRef { section: *section, position: *position }).collect();
    let from_count = from.len() as u64;
    Explained { from, from_count, ..explained(finding, Claim::Derived, Some(cause)) }
}

pub(crate) fn at(layer: u32, path: &str) -> Location {
    Location::new(Kind::Entry).in_layer(Sides::new(Some(layer), Some(layer))).at_path(Arc::from(path.as_bytes()))
}

pub(crate) fn finding(location: Location, aspect: Aspect, original: Value, rebuild: Value, bytes: u64) -> Finding {
    Finding { location, aspect, values: Sides::new(original, rebuild), bytes }
}

pub(crate) fn mtime(layer: u32, path: &str) -> Finding {
    let location = at(layer, path).with_field("header.mtime");
    finding(location, Aspect::Mtime, Value::number(1_754_000_000), Value::number(1_754_086_400), 12)
}

pub(crate) fn content(byte: u8, size: u64) -> Value {
    Value::Content { sha256: [byte; 32], size, secret: None }
}

pub(crate) fn gap(location: Location) -> Gap {
    Gap { location, reason: GapReason::Missing, detail: BadBlob::Missing("sha256:3a7b1c".to_owned()).into() }
}

/// What is in the way, as a source says it.
pub(crate) fn said(words: &str) -> Detail {
    BadBlob::Refused("sha256:3a7b1c".to_owned(), words.to_owned()).into()
}

pub(crate) fn digest(byte: u8) -> Digest {
    Digest::Sha256([byte; 32])
}

/// The findings of section 1, with what converges found out.
pub(crate) fn store(findings: Vec<Explained>) -> Store {
    let mut store = Store::of(findings).unwrap();
    let mut convergence = Convergence::default();
    for explained in store.iter() {
        // Positions that lead nowhere are not known to converge.
        let from = explained.from.iter().map(|at| if at.section == 1 { at.position } else { usize::MAX });
        convergence.note(explained.claim, Some(From::Some(from.collect())));
    }
    for (position, (converges, grounded)) in convergence.finish(&Spans::default()).enumerate() {
        store.settle(position, converges, grounded);
    }
    store
}

/// Changes findings in place.
pub(crate) fn edit(findings: &mut Store, change: impl FnOnce(&mut Vec<Explained>)) {
    let mut list: Vec<Explained> = findings.iter().collect();
    change(&mut list);
    *findings = store(list);
}

const BUILT_BY: BuiltBy = BuiltBy { builder: Builder::Buildkit, version: None };

pub(crate) fn platform(findings: Vec<Explained>) -> PlatformExplanation {
    let steps = vec![
        "/bin/sh -c #(nop) ADD file:0123 in / ".to_owned(),
        "RUN |2 SOURCE_DATE_EPOCH=1754000000 NPM_CONFIG=hunter2 /bin/sh -c apt-get update && apt-get install -y python3 python3-pip ca-certificates # buildkit".to_owned(),
        "COPY . /app # buildkit".to_owned(),
    ];
    PlatformExplanation {
        platform: Sides::new("linux/amd64".to_owned(), "linux/amd64".to_owned()),
        manifest_digest: Sides::new(Some(digest(0x1a)), Some(digest(0x2b))),
        image_id: Sides::new(Some(digest(0x3c)), Some(digest(0x4d))),
        same_manifest: false,
        same_image: false,
        same_tree: false,
        findings: store(findings),
        gaps: Vec::new(),
        inputs: Inputs::default(),
        warnings: Vec::new(),
        steps: Sides::new(steps.clone(), steps),
        lines: Sides::default(),
        provenance: Sides::default(),
        built_by: Sides::new(Some(BUILT_BY), Some(BUILT_BY)),
        created: Sides::default(),
        canonical_digest: None,
        judged_by_day: false,
    }
}

pub(crate) fn explanation(platforms: Vec<PlatformExplanation>) -> Explanation {
    let named = |reference: &str, byte| Named {
        reference: reference.to_owned(),
        media_type: Some("application/vnd.oci.image.manifest.v1+json".to_owned()),
        digest: Some(digest(byte)),
    };
    Explanation {
        images: Sides::new(named("docker://docker.io/library/app:1.2", 0x1a), named("oci:build/app:1.2", 0x2b)),
        index: IndexExplanation::default(),
        platforms,
        selected: Vec::new(),
        layers_opened: 4,
    }
}

/// Everything proven: three times and what follows from them.
pub(crate) fn equivalent() -> Explanation {
    let paths = ["app/main.py", "app/run.sh"];
    let mut findings = vec![
        derived(
            finding(
                Location::field_of(Kind::Manifest, "/config/digest"),
                Aspect::Value,
                Value::text(digest(0x3c).to_string()),
                Value::text(digest(0x4d).to_string()),
                71,
            ),
            &CONFIG_DIGEST,
            &[(1, 1)],
        ),
        derived(
            finding(
                Location::field_of(Kind::Config, "/rootfs/diff_ids/2").in_layer(Sides::new(Some(2), Some(2))),
                Aspect::Value,
                Value::text(digest(0x5e).to_string()),
                Value::text(digest(0x6f).to_string()),
                71,
            ),
            &DIGEST,
            &[(1, 2), (1, 3)],
        ),
    ];
    findings.extend(paths.map(|path| explained(mtime(2, path), Claim::Proven, Some(&MTIME))));
    explanation(vec![platform(findings)])
}

/// A bit of everything.
pub(crate) fn different() -> Explanation {
    let mut explanation = equivalent();
    let Some(platform) = explanation.platforms.first_mut() else { return explanation };
    let pyc = at(1, "usr/lib/python3/dist-packages/pip/__pycache__/main.cpython-311.pyc");
    let header = finding(
        pyc.with_field("header.mtime").with_range(Sides::new(Some((8, 12)), Some((8, 12)))),
        Aspect::Content,
        Value::number(1_754_000_000),
        Value::number(1_754_086_400),
        4,
    );
    let pyc = Explained {
        witness: Some("equals the mtime of usr/lib/python3/dist-packages/pip/main.py".into()),
        ..explained(header, Claim::Proven, Some(&PYC))
    };
    let version = finding(
        at(1, "var/lib/dpkg/status").with_field("ca-certificates/Version"),
        Aspect::Value,
        Value::text("20240203"),
        Value::text("20250419"),
        8,
    );
    let text = Diff {
        form: DiffForm::Text,
        hunks: vec![Sides::new(
            vec!["[server]".to_owned(), "workers = 4".to_owned(), "api_token = abc123".to_owned()],
            vec!["[server]".to_owned(), "workers = 8".to_owned(), "api_token = abc123".to_owned()],
        )],
        cut: false,
    };
    let hex = Diff {
        form: DiffForm::Hex,
        hunks: vec![Sides::new(
            vec!["00000400  7f 45 4c 46 02 01 01 00  |.ELF....|".to_owned()],
            vec!["00000400  7f 45 4c 46 02 01 01 03  |.ELF....|".to_owned()],
        )],
        cut: true,
    };
    let config = finding(at(2, "app/settings.ini"), Aspect::Content, content(0xaa, 1_234), content(0xbb, 1_234), 1);
    let range = Sides::new(Some((0x400, 0x408)), Some((0x400, 0x408)));
    let binary =
        finding(at(2, "app/bin/server").with_range(range), Aspect::Content, content(0xcc, 8), content(0xdd, 8), 8);
    let key = Value::Content { sha256: [0xee; 32], size: 1_679, secret: Some(Secret::PrivateKey) };
    let key = finding(at(2, "etc/ssl/server.key"), Aspect::Presence, key, Value::Absent, 1_679);
    edit(&mut platform.findings, |findings| {
        findings.insert(2, pyc);
        findings.insert(3, explained(version, Claim::Attributed, Some(&DRIFT)));
        findings.push(Explained { diff: Some(Box::new(hex)), ..explained(binary, Claim::Unexplained, None) });
        findings.push(Explained { diff: Some(Box::new(text)), ..explained(config, Claim::Unexplained, None) });
        findings.push(explained(key, Claim::Unexplained, None));
    });
    platform.gaps.push(gap(Location::new(Kind::Layer).in_layer(Sides::new(Some(4), Some(4)))));
    platform.warnings.push(Warning {
        cause: &HISTORY_SECRET,
        location: Location::field_of(Kind::Config, "/history/1/created_by"),
        count: 2,
        details: Sides::new(Some("RUN curl https://bot:hunter2@git.example/x".to_owned()), None),
    });
    explanation
}
