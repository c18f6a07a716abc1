//! What must hold of the source tree itself: dependency order, one place for I/O, lists that match directories.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The modules in the order of the data flow: each imports only from those above it, and from `finding`.
const ORDER: [&str; 22] = [
    "reference",
    "dockerfile",
    "digest",
    "limits",
    "spill",
    "error",
    "codec",
    "source",
    "image",
    "content",
    "compare",
    "causes",
    "explain",
    "canonical",
    "policy",
    "verdict",
    "plan",
    "fix",
    "report",
    "evidence",
    "session",
    "lint",
];

/// What sees everything and is seen by nothing.
const TOP: [&str; 3] = ["lib", "main", "cli"];

/// What only the modules that do I/O may name.
const OUTSIDE_WORLD: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::process",
    "TcpStream",
    "UdpSocket",
    "Instant",
    "SystemTime",
    "Local::now",
    "Utc::now",
];

/// Sections of a cause's page, in order.
const HEADINGS: [&str; 4] = ["What differs", "Why it happens", "How to fix the build", "When it is not harmless"];

/// A file below `src`.
pub(crate) struct Source {
    /// From `src` on.
    pub(crate) path: String,
    /// The top-level module that it belongs to.
    pub(crate) module: String,
    text: String,
}

impl Source {
    /// What is compiled outside tests, without comments.
    pub(crate) fn code(&self) -> String {
        let tested = self.text.split("\n#[cfg(test)]\nmod ").next().unwrap_or("");
        tested.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code)).fold(
            String::new(),
            |mut code, line| {
                code.push_str(line);
                code.push('\n');
                code
            },
        )
    }

    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

pub(crate) fn sources() -> Vec<Source> {
    let folder = root().join("src");
    let source = |file: PathBuf| {
        let path = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        Source { path, module, text: fs::read_to_string(&file).unwrap() }
    };
    files_below(&folder).into_iter().map(source).collect()
}

/// The top-level modules that a piece of code names as `crate::NAME`.
fn imports(code: &str) -> BTreeSet<&str> {
    let name = |rest: &'_ str| {
        rest.len() - rest.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_').len()
    };
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut start = 0;
                for (at, letter) in list.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.insert(list[start..at].trim());
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.insert(list[start..at].trim());
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
            }
            None => {
                names.insert(&rest[..name(rest)]);
            }
        }
    }
    names.into_iter().map(|path| &path[..name(path)]).filter(|name| !name.is_empty()).collect()
}

#[test]
fn imports_are_seen_in_every_form() {
    let code =
        "use crate::digest::{Digest, X};\nuse crate::{limits, image::{entry::Entry, Y}};\nlet a = crate::spill::new();";
    assert_eq!(imports(code), BTreeSet::from(["digest", "image", "limits", "spill"]));
}

#[test]
fn modules_import_only_from_above() {
    let rank: BTreeMap<_, _> = ORDER.iter().enumerate().map(|(rank, name)| (*name, rank)).collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test() && !TOP.contains(&source.module.as_str())) {
        let code = source.code();
        let own = rank.get(source.module.as_str());
        if own.is_none() && source.module != "finding" {
            wrong.push(format!("{}: {} has no place in the order of modules", source.path, source.module));
        }
        for name in imports(&code) {
            let modules = root().join("src");
            if !modules.join(format!("{name}.rs")).exists() && !modules.join(name).exists() {
                continue; // a name that the crate's root re-exports
            }
            let above = own.is_some_and(|own| rank.get(name).is_some_and(|other| other < own));
            if name != source.module && name != "finding" && !above {
                wrong.push(format!("{} imports {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_sources_spill_and_main_reach_outside() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        if ["source", "spill", "main"].contains(&source.module.as_str()) {
            continue;
        }
        let code = source.code();
        for name in OUTSIDE_WORLD {
            if code.match_indices(name).any(|(at, _)| is_word(&code, at, name.len())) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_client_of_registries_writes_over_the_network() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test() && !source.path.starts_with("source/registry/")) {
        let code = source.code();
        for name in ["POST", "PUT", "PATCH", "DELETE"] {
            if code.match_indices(name).any(|(at, _)| is_word(&code, at, name.len())) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_word(code: &str, at: usize, length: usize) -> bool {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    !code[..at].ends_with(letter) && !code[at + length..].starts_with(letter)
}

#[test]
fn files_open_with_what_they_are_for_and_fit_in_one_sitting() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > 400 {
            wrong.push(format!("src/{}: {lines} lines, more than 400", source.path));
        }
        if !source.is_test() && !source.text.starts_with("//! ") {
            wrong.push(format!("src/{}: does not open with a //! line", source.path));
        }
    }
    for file in files_below(&root().join("tests")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > 400 {
            wrong.push(format!("{}: {lines} lines, more than 400", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_is_argued_for() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let direct = manifest["dependencies"].as_table().unwrap().iter().map(|(name, how)| {
        let package = how.get("package").and_then(toml::Value::as_str);
        package.unwrap_or(name).to_owned()
    });
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    let argued = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned);
    assert_eq!(direct.collect::<BTreeSet<_>>(), argued.collect::<BTreeSet<_>>());
}

/// The causes that a file of `src/causes` declares: id, severity and proof as the source has them.
fn declared(text: &str) -> Vec<(String, String, String)> {
    let word = |text: &str, mark: &str| {
        let rest = text.split_once(mark).map_or("", |(_, rest)| rest);
        rest.chars().take_while(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let declaration = |rest: &str| {
        let id = rest.split('"').next().unwrap_or("").to_owned();
        (id, word(rest, "Severity::"), word(rest, "Proof::"))
    };
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or("").split(" id: \"").skip(1).map(declaration).collect()
}

fn cause_files() -> Vec<Source> {
    let is_cause = |source: &Source| {
        source.module == "causes"
            && !["causes/mod.rs", "causes/cause.rs", "causes/fix.rs"].contains(&source.path.as_str())
            && !source.path.starts_with("causes/fixes/")
            && !source.is_test()
    };
    sources().into_iter().filter(is_cause).collect()
}

fn catalogue() -> BTreeMap<String, Value> {
    let rows = |name: &str| -> Vec<Value> {
        serde_json::from_str(&fs::read_to_string(root().join("testdata").join(name)).unwrap()).unwrap()
    };
    let rows = ["catalogue.json", "catalogue-own.json"].into_iter().flat_map(rows);
    let rows = rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row));
    let mut catalogue = BTreeMap::new();
    for (id, row) in rows {
        assert!(catalogue.insert(id.clone(), row).is_none(), "{id} is in the catalogue twice");
    }
    catalogue
}

#[test]
fn every_cause_file_is_in_the_list_and_has_its_pair_of_fixtures() {
    let list = fs::read_to_string(root().join("src/causes/mod.rs")).unwrap();
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for source in cause_files() {
        let causes = declared(&source.text);
        let module = source.path.trim_start_matches("causes/").trim_end_matches(".rs").replace('/', "::");
        if !causes.is_empty() && !list.contains(&format!("{module}::")) {
            wrong.push(format!("src/{}: its causes are not in LIST", source.path));
        }
        for (id, ..) in causes {
            let folder = root().join("testdata/causes").join(&id);
            for needed in ["claimed.json", "look-alike.json"] {
                if !folder.join(needed).is_file() {
                    wrong.push(format!("testdata/causes/{id}/{needed} is not there"));
                }
            }
            if !ids.insert(id.clone()) {
                wrong.push(format!("src/{}: {id} is declared twice", source.path));
            }
        }
    }
    if let Ok(folders) = fs::read_dir(root().join("testdata/causes")) {
        for folder in folders {
            let id = folder.unwrap().file_name().into_string().unwrap();
            if !ids.contains(&id) {
                wrong.push(format!("testdata/causes/{id}: no file of src/causes declares this cause"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn causes_say_what_the_catalogue_says_of_them() {
    let proofs: BTreeMap<_, &[&str]> = BTreeMap::from([
        ("unary", &["canonical", "unread", "dated", "tree", "repeated"][..]),
        ("structural", &["canonical", "unread", "dated", "tree", "repeated"]),
        ("derived", &["derived"]),
        ("attributed", &["attributed", "drift"]),
        ("random", &["random"]),
        ("excluded", &["excluded"]),
        ("warning", &["warning"]),
    ]);
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for source in cause_files() {
        for (id, severity, proof) in declared(&source.text) {
            let Some(row) = catalogue.get(&id) else {
                wrong.push(format!(
                    "src/{}: {id} is in neither testdata/catalogue.json nor catalogue-own.json",
                    source.path
                ));
                continue;
            };
            let folder = source.path.split('/').nth(1).unwrap_or("");
            if row["group"] != folder {
                wrong.push(format!("src/{}: {id} belongs to {}", source.path, row["group"]));
            }
            if row["severity"] != severity.as_str() {
                wrong.push(format!("{id} is {severity}, {} in the catalogue", row["severity"]));
            }
            if !proofs[row["proof"].as_str().unwrap()].contains(&proof.as_str()) {
                wrong.push(format!("{id} is proven by {proof:?}, {} in the catalogue", row["proof"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_has_a_page_with_the_four_headings_in_order() {
    let wrong: Vec<String> = reprove::causes::LIST
        .iter()
        .filter_map(|cause| {
            let headings: Vec<_> = cause.source.lines().filter_map(|line| line.strip_prefix("//! # ")).collect();
            (headings != HEADINGS).then(|| format!("{}: headings {headings:?}, not {HEADINGS:?}", cause.id))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_cause_is_known_by_its_id_outside_the_causes() {
    let ids: BTreeSet<String> = catalogue().into_keys().collect();
    let mut wrong = Vec::new();
    // What `sample` makes by hand for tests is compiled for them alone.
    // A rule of `lint` has the id of the cause that it warns of.
    let knows = |source: &Source| source.module == "causes" || source.path == "lint/rules.rs";
    let is_engine = |source: &Source| !knows(source) && !source.is_test() && !is_for_tests(source);
    for source in sources().iter().filter(|source| is_engine(source)) {
        let code = source.code();
        let named = ids.iter().filter(|id| code.contains(&format!("\"{id}\"")));
        wrong.extend(
            named.map(|id| format!("src/{} names {id}: what it must know is a property of the cause", source.path)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the module that a file is, is declared under `#[cfg(test)]`.
fn is_for_tests(source: &Source) -> bool {
    let file = root().join("src").join(&source.path);
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let parent = fs::read_to_string(file.with_file_name("mod.rs")).unwrap_or_default();
    ["mod", "pub(crate) mod"].iter().any(|word| parent.contains(&format!("#[cfg(test)]\n{word} {name};")))
}
