//! What scopes are about, and where they overlap.

mod meet;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{LIST, Table};
use crate::finding::{Aspect, Finding, Kind, Location, Sides, Value};

fn finding(kind: Kind, aspect: Aspect, path: &str, field: Option<&str>) -> Finding {
    let mut location = Location::new(kind).at_path(Arc::from(path.as_bytes()));
    location.field = field.map(|field| field.to_owned().into());
    Finding { location, aspect, values: Sides::new(Value::Absent, Value::Absent), bytes: 0 }
}

/// The ids of the causes that may be asked about a finding.
fn asked(table: &Table, finding: &Finding) -> Vec<&'static str> {
    table.of(finding).map(|cause| cause.id).collect()
}

#[test]
fn the_table_leads_to_whoever_is_about_a_finding_in_the_order_of_the_list() {
    let fields = [None, Some(""), Some("header.mode"), Some("/created"), Some("/history/1/created_by"), Some("mtime")];
    let paths = ["", "etc/hosts", "a/.wh.b", "var/log/dpkg.log", "m.pyc", "var/backups/dpkg.status.0", "run/x"];
    let cells = LIST.iter().flat_map(|cause| cause.scope);
    let cells: BTreeSet<_> = cells
        .flat_map(|place| place.kinds.iter().flat_map(|kind| place.aspects.iter().map(|one| (*kind, *one))))
        .collect();
    let (table, mut met) = (Table::new(LIST), 0);
    for (kind, aspect) in cells {
        for (field, path) in fields.iter().flat_map(|field| paths.iter().map(|path| (*field, *path))) {
            let finding = finding(kind, aspect, path, field);
            let all: Vec<_> = LIST.iter().filter(|cause| cause.is_about(&finding)).map(|cause| cause.id).collect();
            assert_eq!(asked(&table, &finding), all, "{kind:?} {aspect:?} {path} {field:?}");
            met += all.len();
        }
    }
    assert!(met > 1000, "{met} causes asked");
}

#[test]
fn scopes_go_by_the_patterns_of_paths_and_fields() {
    let table = Table::new(LIST);
    let content = |path: &str| asked(&table, &finding(Kind::Entry, Aspect::Content, path, None));
    for (path, cause) in [
        ("var/lib/dpkg/status-old", "dpkg-backup-files"),
        ("var/backups/dpkg.status.0", "dpkg-backup-files"),
        ("var/cache/apt/archives/a_1_all.deb", "apt-archives-cache"),
        ("root/.npm/_logs/2026-11-22T16_10_02_367Z-debug-0.log", "npm-debug-log"),
        (".npm/_logs/2026-11-22T16_10_02_367Z-debug-0.log", "npm-debug-log"),
    ] {
        assert!(content(path).contains(&cause), "{path}: {:?}", content(path));
    }
    for path in [
        "var/lib/dpkg/status",
        "var/backups/shadow.bak",
        "var/cache/apt/archives/x/a_1_all.deb",
        "root/.npm/_logs/x-debug-0.log",
        "usr/share/nginx/html/_logs/2026-11-22T16_10_02_367Z-debug-0.log",
    ] {
        let excluded = ["dpkg-backup-files", "apt-archives-cache", "npm-debug-log"];
        assert!(!content(path).iter().any(|cause| excluded.contains(cause)), "{path}: {:?}", content(path));
    }
}

/// Causes whose scopes overlap, as data says: of each pair the first one claims what both could.
#[test]
fn overlaps_of_scopes_are_those_that_are_listed() {
    let mut found = String::new();
    for (position, first) in LIST.iter().enumerate() {
        for second in LIST.iter().skip(position + 1) {
            let cells: BTreeSet<_> = first.scope.iter().flat_map(|one| meet::cells(one, second.scope)).collect();
            let kinds: BTreeSet<Kind> = cells.iter().map(|(kind, _)| *kind).collect();
            for kind in kinds {
                let aspects = cells.iter().filter(|(of, _)| *of == kind).map(|(_, aspect)| format!("{aspect:?}"));
                let aspects = aspects.collect::<Vec<_>>().join(" ");
                writeln!(found, "{}, {}: {kind:?} {aspects}", first.id, second.id).unwrap();
            }
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/overlaps.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let listed = std::fs::read_to_string(&file).unwrap_or_default();
    let (listed, found): (BTreeSet<_>, BTreeSet<_>) = (listed.lines().collect(), found.lines().collect());
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    let told = "UPDATE=1 cargo test --lib overlaps writes testdata/overlaps.txt";
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\ngone: {gone:#?}\n{told}");
}
