use serde_json::{Value as Json, json};

use super::*;
use crate::causes::Builder;
use crate::explain::{BuiltBy, Certainty, Claim, Explained, Explanation, InstructionPlace, sample};
use crate::finding::{Aspect, DiffForm, Kind, Secret, Sides, Value};
use crate::image::provenance::SourceLine;
use crate::policy::{Date, Policy};
use crate::verdict::{Rung, Verdict};

fn report(explanation: &Explanation) -> Report<'_> {
    Report::new(explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "0.1.0")
}

fn as_json(report: &Report) -> Json {
    let mut bytes = Vec::new();
    json::write(report, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A report with every optional member in it.
fn fullest() -> Explanation {
    let mut explanation = sample::different();
    let unexplained = sample::explained(sample::mtime(0, "x"), Claim::Unexplained, None);
    sample::edit(&mut explanation.index.findings, |findings| findings.push(unexplained));
    explanation.index.gaps.push(sample::gap(crate::finding::Location::new(Kind::Index)));
    let built_by = BuiltBy { builder: Builder::Buildah, version: Some("1.28.2".to_owned()) };
    for platform in &mut explanation.platforms {
        platform.built_by.original = Some(built_by.clone());
        platform.created.original = Some("2026-01-31T00:00:00Z".to_owned());
    }
    let mut platform = sample::platform(Vec::new());
    platform.built_by.original = Some(built_by);
    platform.created.original = Some("2026-01-31T00:00:00Z".to_owned());
    platform.platform.rebuild = "linux/arm64/v8".to_owned();
    platform.manifest_digest = Sides::new(None, None);
    platform.canonical_digest = Some(Sides::new(sample::digest(1), sample::digest(2)));
    let mut odd = sample::at(2, "x");
    odd.path = Some(b"a/\xff".as_slice().into());
    odd.inside = vec![b"lib/app.jar".as_slice().into()];
    odd.range.rebuild = Some((1, 2));
    odd.layer.original = None;
    odd.attestation = Some(Box::new(crate::finding::AttestationPlace {
        platform: "linux/amd64".to_owned(),
        predicate_type: "https://slsa.dev/provenance/v1".to_owned(),
    }));
    let null = sample::finding(odd, Aspect::Value, Value::Json(Json::Null), Value::Absent, 4);
    platform.findings = sample::store(vec![sample::explained(null, Claim::Unexplained, None)]);
    explanation.platforms.push(platform);
    explanation
}

#[test]
fn reports_follow_their_own_schema() {
    let schema = schema::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for explanation in [sample::equivalent(), sample::different(), fullest(), sample::explanation(Vec::new())] {
        let document = as_json(&report(&explanation));
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut wrong = as_json(&report(&sample::equivalent()));
    wrong["verdict"] = json!("fine");
    assert!(!validator.is_valid(&wrong));
    wrong["verdict"] = json!("equivalent");
    wrong["platforms"][0]["findings"][0]["id"] = json!("17");
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn reports_read_back_as_they_were_written() {
    for explanation in [sample::equivalent(), fullest()] {
        let report = report(&explanation);
        let mut bytes = Vec::new();
        json::write(&report, &mut bytes).unwrap();
        assert_eq!(json::read("r.json", &bytes).unwrap(), report);
        let later = String::from_utf8(bytes).unwrap().replacen("\"1.1\"", "\"2.0\"", 1);
        assert!(json::read("r.json", later.as_bytes()).unwrap_err().to_string().contains("version \"2.0\""));
    }
    assert!(json::read("r.json", b"{}").unwrap_err().to_string().starts_with("r.json: not a report: "));
}

#[test]
fn members_are_in_the_contracts_order_and_absent_rather_than_null() {
    let document = as_json(&report(&fullest()));
    let keys = |value: &Json| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&document),
        "schemaVersion tool original rebuild policy selected verdict summary causes inputs plan index platforms"
    );
    assert_eq!(keys(&document["original"]), "reference mediaType digest builder created");
    assert_eq!(document["original"]["builder"], json!({"name": "buildah", "version": "1.28.2"}));
    assert_eq!(keys(&document["plan"]), "fixes covered left proven");
    assert_eq!(keys(&document["plan"]["fixes"][0]), "id kind text covers tried");
    assert_eq!(document["plan"]["fixes"][1]["id"], "epoch");
    assert_eq!(keys(&document["plan"]["fixes"][1]), "id kind text edit covers needs tried");
    assert_eq!(keys(&document["policy"]), "name digest unused expired");
    assert_eq!(
        keys(&document["summary"]),
        "findings proven derived attributed random excluded unexplained gaps warnings"
    );
    assert_eq!(
        keys(&document["platforms"][0]),
        "platform verdict rung original rebuild ledger layers findings gaps warnings"
    );
    assert_eq!(
        keys(&document["platforms"][1]),
        "platform verdict rung original rebuild canonicalDigest ledger layers findings gaps warnings"
    );
    assert_eq!(keys(&document["platforms"][1]["original"]), "imageId");
    let odd = &document["platforms"][1]["findings"][0];
    assert_eq!(keys(odd), "id location aspect original claim accepted");
    assert_eq!(odd["original"], Json::Null);
    assert_eq!(keys(&odd["location"]), "kind layer path pathHex inside range attestation");
    assert_eq!(odd["location"]["layer"], json!({"rebuild": 2}));
    assert_eq!(odd["location"]["pathHex"], "612fff");
    assert_eq!(
        keys(&document["causes"][1]),
        "id title claim severity accepted acceptedFindings reason findings entries bytes layers steps remedies examples"
    );
}

#[test]
fn ids_count_over_the_index_and_the_platforms_and_references_follow() {
    let explanation = fullest();
    let report = report(&explanation);
    let ids = |findings: &Findings<'_>| findings.iter().map(|finding| finding.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&report.index.as_ref().unwrap().findings), [1]);
    let first = &report.platforms[0].findings;
    assert_eq!(ids(first), (2..=10).collect::<Vec<_>>());
    assert_eq!(ids(&report.platforms[1].findings), [11]);
    assert_eq!(first.get(0).unwrap().from.as_deref(), Some(&[FindingId(3)][..]));
    assert_eq!(first.get(1).unwrap().from_count, Some(2));
    assert_eq!(first.get(2).unwrap().from, None);
}

#[test]
fn the_ledger_closes_and_the_summary_adds_up() {
    let explanation = sample::different();
    let report = report(&explanation);
    let ledger = &report.platforms[0].ledger;
    assert_eq!(ledger.differing_bytes, ledger.claimed_bytes + ledger.unexplained_bytes);
    assert_eq!(ledger.unexplained_bytes, 8 + 1 + 1_679);
    let Summary { findings, proven, derived, attributed, random, excluded, unexplained, gaps, warnings } =
        report.summary;
    assert_eq!((findings, proven, derived, attributed, random, excluded, unexplained), (9, 3, 2, 1, 0, 0, 3));
    assert_eq!((gaps, warnings), (1, 1));
}

#[test]
fn causes_are_summed_up_roots_first() {
    let explanation = sample::different();
    let report = report(&explanation);
    let ids: Vec<&str> = report.causes.iter().map(|cause| cause.id.as_str()).collect();
    let accepted: Vec<bool> = report.causes.iter().map(|cause| cause.accepted).collect();
    assert_eq!(ids, ["package-drift", "entry-mtime", "pyc-header-mtime", "config-digest", "layer-digest"]);
    assert_eq!(accepted, [false, true, true, true, true]);
    let mtime = &report.causes[1];
    assert_eq!((mtime.findings, mtime.entries, mtime.bytes, mtime.accepted_findings), (2, 2, 24, 2));
    assert!(mtime.accepted && mtime.reason.is_some());
    assert_eq!(mtime.layers, Pair { original: vec![2], rebuild: vec![2] });
    assert_eq!(mtime.steps.original[0].created_by, "COPY . /app # buildkit");
    let builders: Vec<&str> = mtime.remedies.iter().map(|remedy| remedy.builder.as_str()).collect();
    assert_eq!(builders, ["any", "buildkit"], "kaniko was not seen");
    assert_eq!(mtime.examples.len(), 2);
    let drift = &report.causes[0];
    assert!(!drift.accepted && drift.reason.is_none() && drift.accepted_findings == 0);
    assert!(
        drift.steps.rebuild[0].created_by.starts_with("RUN |2 SOURCE_DATE_EPOCH=1754000000 NPM_CONFIG=[redacted] ")
    );
}

#[test]
fn steps_say_where_they_are_written() {
    let mut explanation = sample::equivalent();
    let line = SourceLine { path: "Dockerfile\u{1b}[31m".to_owned(), line: 14 };
    let place = InstructionPlace { line, stage: Some("run".to_owned()), certainty: Certainty::Matched };
    explanation.platforms[0].lines.original = vec![None, None, Some(place)];
    let report = report(&explanation);
    let steps = &report.causes[0].steps;
    assert_eq!(steps.original[0].dockerfile.as_ref().map(|dockerfile| dockerfile.line), Some(14));
    assert_eq!(steps.original[0].dockerfile.as_ref().and_then(|dockerfile| dockerfile.stage.as_deref()), Some("run"));
    assert_eq!((steps.original[0].certainty, steps.rebuild[0].certainty), (Certainty::Matched, Certainty::Unknown));
    assert_eq!(steps.rebuild[0].dockerfile, None);
    assert!(jsonschema::validator_for(&schema::schema()).unwrap().is_valid(&as_json(&report)));
    let mut bytes = Vec::new();
    let options = text::Options::plain(80, text::Detail::Normal);
    text::write(&report, &options, &mut bytes).unwrap();
    let shown = String::from_utf8(bytes).unwrap();
    assert!(shown.contains(":14  COPY . /app"), "{shown}");
    assert!(shown.contains("Where they differ (lines matched by the images' history)"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn nothing_secret_is_left_in_any_rendering() {
    let mut explanation = fullest();
    explanation.images.original.reference = "docker://bob:hunter2@reg.example/app".to_owned();
    let platform = &mut explanation.platforms[0];
    platform.gaps[0].detail = sample::said("DB_PASSWORD=hunter2");
    let secret = Value::Content { sha256: [0xee; 32], size: 1, secret: Some(Secret::PasswordHash) };
    sample::edit(&mut platform.findings, |findings| {
        findings[2].witness = Some("follows from https://x:hunter2@y/".into());
        findings[2].finding.values = Sides::new(secret, Value::text("$6$salt$hunter2hunter2"));
    });
    let report = report(&explanation);
    let mut all = as_json(&report).to_string();
    for detail in [text::Detail::Normal, text::Detail::Verbose] {
        let mut bytes = Vec::new();
        text::write(
            &report,
            &text::Options { style: text::Style::colored(), ..text::Options::plain(80, detail) },
            &mut bytes,
        )
        .unwrap();
        all.push_str(&String::from_utf8(bytes).unwrap());
    }
    for secret in ["hunter2", &"ee".repeat(8), "abc123"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn a_rung_is_reached_by_every_platform_or_not() {
    let explanation = sample::equivalent();
    let canonical = report(&explanation);
    assert_eq!((canonical.verdict, canonical.platforms[0].rung), (Verdict::Equivalent, Rung::Canonical));
    assert!(canonical.reaches(Rung::Canonical) && !canonical.reaches(Rung::Tree));
    assert!(!report(&sample::different()).reaches(Rung::Canonical));
}

#[test]
fn swapping_the_sides_mirrors_the_report() {
    let mut explanation = sample::different();
    let report = as_json(&report(&explanation));
    let Explanation { images, platforms, .. } = &mut explanation;
    *images = images.clone().swapped();
    for platform in platforms {
        platform.platform = platform.platform.clone().swapped();
        platform.manifest_digest = platform.manifest_digest.clone().swapped();
        platform.image_id = platform.image_id.clone().swapped();
        platform.steps = platform.steps.clone().swapped();
        platform.built_by = platform.built_by.clone().swapped();
        platform.created = platform.created.clone().swapped();
        for warning in &mut platform.warnings {
            warning.details = warning.details.clone().swapped();
        }
        sample::edit(&mut platform.findings, |findings| findings.iter_mut().for_each(swap));
    }
    let swapped = as_json(&super::tests::report(&explanation));
    assert_eq!(mirrored(&swapped), report);
}

fn swap(explained: &mut Explained) {
    let finding = &mut explained.finding;
    finding.values = finding.values.clone().swapped();
    finding.location.layer = finding.location.layer.swapped();
    finding.location.range = finding.location.range.swapped();
    for hunk in explained.diff.iter_mut().flat_map(|diff| &mut diff.hunks) {
        *hunk = hunk.clone().swapped();
    }
}

fn mirrored(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(mirrored).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| {
                let key = match key.as_str() {
                    "original" => "rebuild",
                    "rebuild" => "original",
                    other => other,
                };
                (key.to_owned(), mirrored(member))
            })
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn a_draft_is_refused_until_its_reasons_are_filled_in() {
    let explanation = sample::different();
    let report = report(&explanation);
    let draft = draft(&report, Date::parse("2026-03-31").unwrap());
    let known: Vec<&str> = report.causes.iter().map(|cause| cause.id.as_str()).collect();
    let refused = Policy::parse("draft.toml", &draft, &known).unwrap_err().to_string();
    assert!(refused.contains("accept entry 1: the reason is missing or empty"), "{refused}");
    let filled = draft.replace("reason = \"\"", "reason = \"because\"");
    let policy = Policy::parse("draft.toml", &filled, &known).unwrap();
    let own = policy.rules.iter().filter(|rule| rule.entry.is_some()).count();
    assert_eq!(own, 1, "what is cosmetic or follows needs no rule: {draft}");
    assert!(
        draft.contains(
            "(behavioural): 1 finding\n[[accept]]\ncause = \"package-drift\"\npath = \"var/lib/dpkg/status\"\n"
        )
    );
    assert!(draft.contains("\nexpires = \"2026-03-31\"\n"));
    assert!(draft.contains("# Unexplained findings: 3."));
}

#[test]
fn diffs_are_data() {
    let explanation = sample::different();
    let report = report(&explanation);
    let diff = report.platforms[0].findings.iter().find_map(|finding| finding.diff.clone()).unwrap();
    assert_eq!((diff.form, diff.cut, diff.hunks.len()), (DiffForm::Hex, true, 1));
}

#[test]
fn a_finding_that_cannot_be_read_back_spoils_the_report_in_any_form() {
    let mut explanation = sample::different();
    let platform = &mut explanation.platforms[0];
    platform.findings = platform.findings.spilled();
    assert_eq!(as_json(&report(&explanation)), as_json(&report(&sample::different())));
    explanation.check().unwrap();
    explanation.platforms[0].findings.lose();
    let report = report(&explanation);
    let quiet = text::Options::plain(80, text::Detail::Quiet);
    for error in [
        report.check().unwrap_err(),
        text::write(&report, &quiet, Vec::new()).unwrap_err(),
        json::write(&report, Vec::new()).unwrap_err(),
        explanation.check().unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "the temporary file that the findings are in cannot be read");
    }
}
