//! Hazards of Dockerfiles: each one that is planted in `testdata/lint` is found at its line, nothing else is, and nothing
//! in the clean twins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use reprove::dockerfile::Dockerfile;
use reprove::lint::{self, Ignore, Surroundings};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lint")
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn read(path: &Path) -> Dockerfile {
    Dockerfile::parse(&fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn surroundings(folder: &Path) -> Surroundings {
    let ignore = fs::read_to_string(folder.join(".dockerignore")).map_or(Ignore::Missing, |text| Ignore::of(&text));
    Surroundings { ignore, target: None }
}

/// How often each rule is broken in each line.
type Count = BTreeMap<(usize, String), usize>;

fn count(all: impl Iterator<Item = (usize, String)>) -> Count {
    all.fold(Count::new(), |mut counts, key| {
        *counts.entry(key).or_default() += 1;
        counts
    })
}

fn found(folder: &Path, name: &str) -> Count {
    let lint = lint::check(&read(&folder.join(name)), &surroundings(folder)).unwrap();
    assert_eq!((&lint.refused[..], &lint.unused[..]), (&[][..], &[][..]), "{}", folder.display());
    count(lint.hazards.iter().map(|hazard| (hazard.line, hazard.case.rule.id.to_owned())))
}

fn planted(folder: &Path) -> Count {
    let text = fs::read_to_string(folder.join("expected")).unwrap();
    count(text.lines().map(|line| {
        let (line, rule) = line.split_once(' ').unwrap();
        (line.parse().unwrap(), rule.to_owned())
    }))
}

#[test]
fn every_planted_hazard_is_found_and_nothing_else() {
    let folders = folders();
    assert!(folders.len() >= 30, "{}", folders.len());
    for folder in &folders {
        let planted = planted(folder);
        assert!(!planted.is_empty(), "{}: nothing is planted", folder.display());
        assert_eq!(found(folder, "Dockerfile"), planted, "{}", folder.display());
    }
}

#[test]
fn nothing_is_found_in_the_clean_twins() {
    for folder in folders() {
        assert_eq!(found(&folder, "clean.Dockerfile"), Count::new(), "{}", folder.display());
    }
}

#[test]
fn every_rule_is_planted_somewhere() {
    let planted: Vec<String> =
        folders().iter().flat_map(|folder| planted(folder).into_keys().map(|(_, rule)| rule)).collect();
    let never: Vec<&str> =
        lint::RULES.iter().map(|rule| rule.id).filter(|id| !planted.iter().any(|rule| rule == id)).collect();
    assert_eq!(never, [""; 0]);
}

#[test]
fn safe_changes_make_hazards_go_away_and_bring_none() {
    for folder in folders() {
        let surroundings = surroundings(&folder);
        let file = read(&folder.join("Dockerfile"));
        let before = lint::check(&file, &surroundings).unwrap();
        let fixed = lint::fixed(&file, &before, &surroundings);
        let after = lint::check(&fixed, &surroundings).unwrap();
        let rules = |lint: &lint::Lint| count(lint.hazards.iter().map(|hazard| (0, hazard.case.rule.id.to_owned())));
        let (before, after) = (rules(&before), rules(&after));
        for (rule, times) in &after {
            assert!(before.get(rule).is_some_and(|before| before >= times), "{}: {rule:?}", folder.display());
        }
        let again = lint::fixed(&fixed, &lint::check(&fixed, &surroundings).unwrap(), &surroundings);
        assert_eq!(again.source(), fixed.source(), "{}", folder.display());
        let clean = read(&folder.join("clean.Dockerfile"));
        let nothing = lint::check(&clean, &surroundings).unwrap();
        assert_eq!(lint::fixed(&clean, &nothing, &surroundings).source(), clean.source());
    }
}

/// Rules of the catalogue say of a cause what the catalogue says.
#[test]
fn rules_have_the_severity_of_their_causes() {
    let text =
        |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).unwrap();
    let mut own = Vec::new();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text("catalogue.json")).unwrap();
    for rule in lint::RULES {
        match rows.iter().find(|row| row["id"] == rule.id) {
            Some(row) => assert_eq!(row["severity"], format!("{:?}", rule.severity).to_lowercase(), "{}", rule.id),
            None => own.push(rule.id),
        }
    }
    let expected = [
        "package-drift-go",
        "package-drift-gem",
        "package-drift-cargo",
        "package-drift-composer",
        "package-drift-pecl",
        "package-drift-nuget",
        "source-date-epoch-undeclared",
        "source-date-epoch-misplaced",
        "context-without-ignore",
        "compilers-in-image",
    ];
    assert_eq!(own, expected);
}

#[test]
fn the_page_lists_the_rules_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, _) = page.split_once("<!-- rules -->\n").unwrap();
    let expected = format!("{before}<!-- rules -->\n{}", lint::table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert!(
            page == expected,
            "docs/lint.md is not what the code says: UPDATE=1 cargo test --test it lint writes it"
        );
    }
}

/// Nothing panics, whatever it is given: the same twice gives the same.
fn look(bytes: &[u8]) {
    let Ok(file) = Dockerfile::parse(bytes) else { return };
    let surroundings = Surroundings { ignore: Ignore::Missing, target: None };
    let Ok(lint) = lint::check(&file, &surroundings) else { return };
    assert_eq!(lint, lint::check(&file, &surroundings).unwrap());
    let lines = file.source().lines().count().max(1);
    assert!(lint.hazards.iter().all(|hazard| (1..=lines + 1).contains(&hazard.line)));
    let _ = lint::fixed(&file, &lint, &surroundings);
    let _ = lint::document(Some(("x", &lint)), None).unwrap();
}

#[test]
fn seeds_of_the_fuzz_target_and_pieces_of_real_files_do_no_harm() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for seed in fs::read_dir(root.join("fuzz/seeds/dockerfile")).unwrap() {
        look(&fs::read(seed.unwrap().path()).unwrap());
    }
    for folder in folders() {
        let bytes = fs::read(folder.join("Dockerfile")).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            look(bytes.get(..end).unwrap());
        }
    }
}

/// Words that shells and Dockerfiles are made of.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "RUN ",
        "FROM a\n",
        "ARG SOURCE_DATE_EPOCH\n",
        "COPY . .\n",
        "\n",
        " \\\n",
        "<<EOF\n",
        "EOF\n",
        "apt-get install a",
        "&&",
        "|",
        ";",
        "(",
        ")",
        "$(",
        "`",
        "\"",
        "'",
        "${",
        "}",
        "{",
        "$((",
        "date",
        " > f",
        "sh -c ",
        "curl -O x",
        "tar cf a ",
        "case x in",
        "esac",
        "if",
        "fi",
        "for",
        "done",
        "xargs ",
        "sudo -u",
        "env A=",
        "#",
        "ONBUILD ",
        "--mount=type=cache,target=/",
        "pip install ",
        "é",
        "\\",
        "<(",
        "&>",
    ];
    prop_oneof![
        8 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_does_harm(pieces in prop::collection::vec(piece(), 0..60)) {
        look(format!("FROM a\nRUN {}", pieces.concat()).as_bytes());
    }
}

#[test]
fn long_files_end() {
    for piece in [
        "a;",
        "$(",
        "date > f;",
        "X=$(date $X);",
        "(",
        "{ ",
        "curl -O x|",
        "if ",
        "`",
        "sh -c '",
        "apt-get install a &&",
        "<<A ",
    ] {
        look(format!("FROM a\nRUN {}\n", piece.repeat(100_000)).as_bytes());
    }
    look(format!("FROM a\n{}", "RUN date > f\nENV a=b\n".repeat(2400)).as_bytes());
    look("FROM a AS b\nFROM b AS b\n".repeat(2400).as_bytes());
    assert_eq!(
        lint::check(&Dockerfile::parse("FROM a\n".repeat(5001).as_bytes()).unwrap(), &Surroundings::default()),
        Err(lint::Unfit::TooLong)
    );
}
