//! Every folder of `testdata/causes`: what must be claimed is, what only looks like it is not, and the invariants hold.
//!
//! `CAUSE=dpkg-log cargo test --test it causes` runs one folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use reprove::finding::Sides;
use reprove::source::progress::Progress;
use reprove::{Options, compare_images};
use serde_json::Value;

use crate::fixture::{self, Expect, Pair};
use crate::mirror::mirrored;
use crate::oracle;

/// The JSON report of a comparison, as bytes.
fn report(original: &str, rebuild: &str, threads: Option<usize>) -> Result<Vec<u8>, String> {
    printed(original, rebuild, threads, &["--format", "json"])
}

/// The day that fixtures are judged on: after everything in them that is not meant to be in the future.
const DAY: &str = "2027-01-31";

/// What a comparison prints.
fn printed(original: &str, rebuild: &str, threads: Option<usize>, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reprove"));
    command.args(["diff", original, rebuild, "--date", DAY]).args(arguments);
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if output.stdout.is_empty() {
        return Err(format!("no report: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output.stdout)
}

/// The report as a value, which the published schema admits.
fn parsed(report: &[u8]) -> Result<Value, String> {
    static SCHEMA: LazyLock<Validator> =
        LazyLock::new(|| jsonschema::validator_for(&reprove::report::schema::schema()).unwrap());
    let document = serde_json::from_slice(report).map_err(|error| format!("the report is no JSON: {error}"))?;
    match SCHEMA.validate(&document) {
        Ok(()) => Ok(document),
        Err(error) => Err(format!("{}: {error}", error.instance_path())),
    }
}

/// The findings, gaps or warnings of the index and of all platforms.
fn all<'a>(report: &'a Value, member: &str) -> Vec<&'a Value> {
    let platforms = report["platforms"].as_array().into_iter().flatten();
    let sections = std::iter::once(&report["index"]).chain(platforms);
    sections.filter_map(|section| section[member].as_array()).flatten().collect()
}

#[test]
fn every_cause_claims_its_own_and_nothing_else() {
    let only = std::env::var("CAUSE").ok();
    let files: Vec<_> = fixtures("testdata/causes", kind)
        .into_iter()
        .filter(|(id, _)| only.as_ref().is_none_or(|only| only == id))
        .collect();
    let wrong: Vec<String> = files
        .into_par_iter()
        .filter_map(|(id, file)| {
            let outcome = check(&id, &file).err()?;
            Some(format!("{}/{}: {outcome}", id, file.file_name().unwrap_or_default().to_string_lossy()))
        })
        .collect();
    assert!(wrong.is_empty(), "{} fixtures fail:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn real_images_make_the_same_reports_from_temporary_files() {
    for pair in ["first", "multi"] {
        let reference = |side: &str| format!("oci:{}/testdata/{pair}/{side}", env!("CARGO_MANIFEST_DIR"));
        for format in ["json", "text"] {
            let with = |more: &[&str]| {
                let arguments = [&["--format", format, "--verbose"], more].concat();
                printed(&reference("original"), &reference("rebuild"), None, &arguments).unwrap()
            };
            let [plain, spilled] = [with(&[]), with(&["--limit", "findings-memory-bytes=0"])];
            assert_eq!(String::from_utf8_lossy(&plain), String::from_utf8_lossy(&spilled), "{pair} as {format}");
        }
    }
}

/// What somebody might do to an image, class by class: `testdata/attacks`.
///
/// `ATTACK=whiteouts cargo test --test it attacks` runs one folder.
#[test]
fn attacks_stay_red_and_their_honest_neighbours_green() {
    let only = std::env::var("ATTACK").ok();
    let files = fixtures("testdata/attacks", attack);
    assert!(!files.is_empty(), "testdata/attacks is empty");
    let files: Vec<_> = files.into_iter().filter(|(class, _)| only.as_ref().is_none_or(|only| only == class)).collect();
    let wrong: Vec<String> = files
        .into_par_iter()
        .filter_map(|(class, file)| {
            let outcome = check_attack(&file).err()?;
            Some(format!("{class}/{}: {outcome}", file.file_name().unwrap_or_default().to_string_lossy()))
        })
        .collect();
    assert!(wrong.is_empty(), "{} fixtures fail:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether an attack must be seen, by its file name: its honest neighbour must pass.
fn attack(name: &str) -> Option<bool> {
    match name {
        _ if name.starts_with("red-") => Some(true),
        _ if name.starts_with("green-") => Some(false),
        _ => None,
    }
}

fn check_attack(file: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let Pair { references, expect } = fixture::build(file, directory.path())?;
    let bytes = report(&references.original, &references.rebuild, None)?;
    let document = parsed(&bytes)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match attack(&name) {
        Some(true) => must_not_pass(&document, &expect)?,
        _ if document["verdict"] == "identical" || document["verdict"] == "equivalent" => {}
        _ => {
            let findings = all(&document, "findings");
            let refused: Vec<_> = findings.into_iter().filter(|finding| finding["accepted"] == false).collect();
            return Err(format!("the verdict is {}: {refused:?}", document["verdict"]));
        }
    }
    must_say_what_is_expected(&document, &expect)?;
    must_be_robust(&references, &bytes, document, &expect)
}

/// Every fixture below a folder, with the name of the folder that it is in.
fn fixtures(below: &str, kind: fn(&str) -> Option<bool>) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let Ok(folders) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(below)) else {
        return files;
    };
    for folder in folders {
        let folder = folder.unwrap();
        let id = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.extension().is_some_and(|extension| extension == "json") && kind(name).is_some() {
                files.push((id.clone(), path));
            }
        }
    }
    files.sort();
    files
}

/// Whether a fixture must be claimed, by its file name.
fn kind(name: &str) -> Option<bool> {
    match name {
        _ if name.starts_with("claimed") => Some(true),
        _ if name.starts_with("look-alike") => Some(false),
        _ => None,
    }
}

fn check(id: &str, file: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let Pair { references, expect } = fixture::build(file, directory.path())?;
    if expect.cause != id {
        return Err(format!("expect.cause is {:?}, the folder is {id:?}", expect.cause));
    }
    let bytes = report(&references.original, &references.rebuild, None)?;
    let document = parsed(&bytes)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match kind(&name) {
        Some(true) => must_be_claimed(&document, &expect)?,
        _ => must_not_pass(&document, &expect)?,
    }
    must_say_what_is_expected(&document, &expect)?;
    must_be_robust(&references, &bytes, document, &expect)
}

/// The report is the same by one thread and from temporary files, the mirror image with the sides swapped, and empty
/// where an image is held against itself.
fn must_be_robust(references: &Sides<String>, bytes: &[u8], document: Value, expect: &Expect) -> Result<(), String> {
    let Sides { original, rebuild } = references;
    if document["verdict"] == "identical" || document["verdict"] == "equivalent" {
        must_be_the_same_to_runtimes(references)?;
    }
    if report(original, rebuild, Some(1))? != bytes {
        return Err("one thread makes another report".to_owned());
    }
    for format in ["json", "text"] {
        let plain = ["--format", format, "--verbose"];
        let spilled = ["--format", format, "--verbose", "--limit", "findings-memory-bytes=0"];
        if printed(original, rebuild, None, &plain)? != printed(original, rebuild, None, &spilled)? {
            return Err(format!("findings in temporary files make another {format} report"));
        }
    }
    if parsed(&report(rebuild, original, None)?)? != mirrored(document) {
        return Err("with the sides swapped the report is not the mirror image".to_owned());
    }
    for reference in [original, rebuild] {
        must_equal_itself(reference, expect)?;
    }
    Ok(())
}

/// Whatever passes is the same to whoever runs it, but for what was claimed.
fn must_be_the_same_to_runtimes(references: &Sides<String>) -> Result<(), String> {
    let stored = references.as_ref().map(|reference| oracle::Stored::of_layout(reference));
    // What archives hold is compared with itself in other pairs.
    let Some(stored) = stored.both() else { return Ok(()) };
    let Sides { original, rebuild } = references;
    let explanation = compare_images(original, rebuild, &Options::default(), &Arc::new(Progress::default()))
        .map_err(|error| error.to_string())?;
    match oracle::noticed(&explanation, stored.as_ref()) {
        Some(noticed) => Err(format!("it passes, and a runtime sees that {noticed}")),
        None => Ok(()),
    }
}

fn must_be_claimed(document: &Value, expect: &Expect) -> Result<(), String> {
    let claim = expect.claim.as_deref().unwrap_or("proven");
    let of_cause = |rows: Vec<&Value>| rows.into_iter().filter(|row| row["cause"] == expect.cause.as_str()).count();
    if claim == "warning" {
        return match of_cause(all(document, "warnings")) {
            0 => Err("there is no such warning".to_owned()),
            _ => Ok(()),
        };
    }
    let findings = all(document, "findings");
    if let Some(other) = findings.iter().find(|row| row["cause"] == expect.cause.as_str() && row["claim"] != claim) {
        return Err(format!("claimed, but as {}, not {claim}", other["claim"]));
    }
    let unexplained = count(&findings, "unexplained");
    if unexplained != expect.unexplained.unwrap_or(0) {
        return Err(format!("{unexplained} findings are unexplained: {}", listed(&findings, "unexplained")));
    }
    if of_cause(findings.clone()) == 0 {
        let all: Vec<_> = findings.iter().map(|finding| &finding["cause"]).collect();
        return Err(format!("the cause is not claimed; these are: {all:?}"));
    }
    Ok(())
}

fn must_not_pass(document: &Value, expect: &Expect) -> Result<(), String> {
    let findings = all(document, "findings");
    let unexplained = count(&findings, "unexplained");
    if expect.unexplained.is_some_and(|wanted| unexplained != wanted) {
        return Err(format!("{unexplained} findings are unexplained, of {}", findings.len()));
    }
    if ["identical", "equivalent"].iter().any(|good| document["verdict"] == *good) {
        return Err(format!("the verdict is {}", document["verdict"]));
    }
    if expect.tampered.is_empty() && expect.gaps.is_none() {
        let red = findings.iter().filter(|finding| finding["accepted"] == false).map(|finding| place(finding));
        return Err(format!("it does not say what was tampered with; not accepted are {}", Value::from_iter(red)));
    }
    for place in &expect.tampered {
        let there: Vec<_> = findings.iter().filter(|finding| has_members(finding, place)).collect();
        if let Some(accepted) = there.iter().find(|finding| finding["accepted"] != false) {
            return Err(format!("the tampered place is accepted: {accepted}"));
        }
        if there.is_empty() {
            return Err(format!("no finding at the tampered place {place}"));
        }
    }
    Ok(())
}

/// What tells the place of a finding from others, as fixtures write it.
fn place(finding: &Value) -> Value {
    let location = finding["location"].as_object().into_iter().flatten();
    let kept = location.filter(|(name, _)| !["layer", "range"].contains(&name.as_str()));
    let location: serde_json::Map<_, _> = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    serde_json::json!({ "location": location, "aspect": finding["aspect"] })
}

/// Whether a value has all members of another one, at any depth.
fn has_members(value: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Object(members) => {
            members.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| has_members(value, wanted)))
        }
        wanted => value == wanted,
    }
}

fn must_say_what_is_expected(document: &Value, expect: &Expect) -> Result<(), String> {
    let gaps = all(document, "gaps");
    if gaps.len() as u64 != expect.gaps.unwrap_or(0) {
        return Err(format!("{} gaps: {}", gaps.len(), Value::from_iter(gaps.into_iter().cloned())));
    }
    if let Some(warnings) = expect.warnings
        && all(document, "warnings").len() as u64 != warnings
    {
        return Err(format!("{} warnings, not {warnings}", all(document, "warnings").len()));
    }
    let rung = &document["platforms"][0]["rung"];
    for (what, said, wanted) in [("verdict", &document["verdict"], &expect.verdict), ("rung", rung, &expect.rung)] {
        if wanted.as_ref().is_some_and(|wanted| said != wanted.as_str()) {
            return Err(format!("the {what} is {said}, not {wanted:?}"));
        }
    }
    Ok(())
}

fn must_equal_itself(reference: &str, expect: &Expect) -> Result<(), String> {
    let document = parsed(&report(reference, reference, None)?)?;
    if document["verdict"] != "identical" && expect.gaps.is_none() {
        return Err(format!("{reference} compared with itself is {}", document["verdict"]));
    }
    match all(&document, "findings").len() {
        0 => Ok(()),
        some => Err(format!("{reference} compared with itself has {some} findings")),
    }
}

fn count(findings: &[&Value], claim: &str) -> u64 {
    findings.iter().filter(|finding| finding["claim"] == claim).count() as u64
}

fn listed(findings: &[&Value], claim: &str) -> String {
    let place = |finding: &&&Value| format!("{} {}", finding["aspect"], finding["location"]);
    findings
        .iter()
        .filter(|finding| finding["claim"] == claim)
        .take(5)
        .map(|finding| place(&finding))
        .collect::<Vec<_>>()
        .join("; ")
}
