//! The image pairs of `testdata/causes` and `testdata/attacks`, changed: what is claimed of them must not hide what was done to them.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use reprove::verdict::Verdict;
use serde_json::{Value, json};

use crate::input::Input;

#[allow(dead_code, reason = "what the tests expect of the pairs is theirs to check")]
#[path = "../../tests/it/fixture/mod.rs"]
mod fixture;

/// Both sides of every pair, each with what the two share.
static PAIRS: LazyLock<Vec<[Value; 2]>> = LazyLock::new(|| {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata");
    let mut files: Vec<_> = ["causes", "attacks"]
        .into_iter()
        .flat_map(|kind| fs::read_dir(testdata.join(kind)).unwrap())
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files.iter().map(|file| pair(&serde_json::from_slice(&fs::read(file).unwrap()).unwrap())).collect()
});

fn pair(written: &Value) -> [Value; 2] {
    ["original", "rebuild"].map(|side| {
        let mut image = written.get("both").cloned().unwrap_or_else(|| json!({}));
        fixture::merge(&mut image, written.get(side).unwrap_or(&Value::Null));
        if image.is_null() { json!({}) } else { image }
    })
}

/// A set-id program that only the rebuild has: nothing may accept it, whatever else differs.
const PLANTED: &str = r#"{ "path": "usr/local/bin/planted", "text": "run", "mode": "4755" }"#;

/// Compares the pair that the input chooses, after doing to it what the rest of the input says. With `FUZZ_SHOW` in the
/// environment it writes the pair down first, as a fixture has it.
pub fn compare(data: &[u8]) {
    let mut input = Input(data);
    let pairs = &*PAIRS;
    let [original, rebuild] = &pairs[input.below(pairs.len())];
    let choice = input.byte();
    let original = if choice & 1 == 0 { original } else { rebuild };
    let mut changed = if choice & 2 == 0 { rebuild } else { original }.clone();
    for _ in 0..6 {
        if input.is_empty() {
            break;
        }
        change(&mut changed, &mut input, pairs);
    }
    let planted = choice & 4 != 0 && plant(&mut changed);
    tame(&mut changed, 0);
    let text = json!({ "original": original, "rebuild": changed }).to_string();
    if std::env::var_os("FUZZ_SHOW").is_some() {
        eprintln!("{text}");
    }
    let Some(verdict) = built(&text) else { return };
    let green = matches!(verdict, Verdict::Identical | Verdict::Equivalent);
    assert!(!(planted && green), "a planted set-id program is {verdict:?}: {changed}");
}

/// Compares the two images of a pair that is written as a fixture; `None` where they cannot be built.
pub fn built(text: &str) -> Option<Verdict> {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap();
    let pair = fixture::build_text(text, folder.path(), folder.path()).ok()?;
    Some(crate::check::references(&pair.references.original, &pair.references.rebuild))
}

/// Adds the set-id program to the last layer; false where that layer may be none of the image's.
fn plant(image: &mut Value) -> bool {
    if image.get("index").is_some() || image.get("manifestText").is_some() || image.get("configText").is_some() {
        return false;
    }
    let Some(layer) = image.get_mut("layers").and_then(Value::as_array_mut).and_then(|layers| layers.last_mut()) else {
        return false;
    };
    let Some(layer) = layer.as_object_mut() else { return false };
    let entries = layer.entry("entries").or_insert_with(|| json!([]));
    let planted = serde_json::from_str(PLANTED).unwrap();
    entries.as_array_mut().map(|entries| entries.push(planted)).is_some()
}

/// Does one thing to one value of the description.
fn change(image: &mut Value, input: &mut Input<'_>, pairs: &[[Value; 2]]) {
    let action = input.byte();
    let mut all = Vec::new();
    collect(image, String::new(), &mut all);
    let at = all[input.below(all.len())].clone();
    let Some(value) = image.pointer_mut(&at) else { return };
    match (action % 8, value) {
        (0..=2, value) => leaf(value, input),
        (3, Value::Array(items)) if !items.is_empty() => {
            items.remove(input.below(items.len()));
        }
        (4, Value::Array(items)) if !items.is_empty() => {
            let item = items[input.below(items.len())].clone();
            items.insert(input.below(items.len() + 1), item);
        }
        (5, Value::Array(items)) if !items.is_empty() => {
            let (one, other) = (input.below(items.len()), input.below(items.len()));
            items.swap(one, other);
        }
        (3..=5, value) => {
            if let Some(object) = value.as_object_mut().filter(|object| !object.is_empty()) {
                let key = object.keys().nth(input.below(object.len())).unwrap().clone();
                object.shift_remove(&key);
            }
        }
        (_, value) => {
            // What another pair has in a place of the same name.
            let other = &pairs[input.below(pairs.len())][usize::from(action >> 3 & 1)];
            let name = at.rsplit('/').next().unwrap_or_default();
            let mut places = Vec::new();
            collect(other, String::new(), &mut places);
            places.retain(|place| place.rsplit('/').next() == Some(name));
            if let Some(donor) = places.get(input.below(places.len())).and_then(|place| other.pointer(place)) {
                match (value, donor) {
                    (Value::Array(items), Value::Array(more)) if action & 16 != 0 => items.extend(more.iter().cloned()),
                    (value, donor) => *value = donor.clone(),
                }
            }
        }
    }
}

fn leaf(value: &mut Value, input: &mut Input<'_>) {
    match value {
        Value::String(text) => {
            let mut bytes = text.clone().into_bytes();
            let at = input.below(bytes.len() + 1);
            let piece = input.piece();
            if input.byte() & 1 == 0 {
                bytes.splice(at..at, piece.iter().copied());
            } else {
                let end = bytes.len().min(at + piece.len());
                bytes.splice(at..end, piece.iter().copied());
            }
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        Value::Number(number) => {
            let step = i64::from(input.byte() as i8);
            *value = json!(number.as_i64().unwrap_or(0).wrapping_add(step));
        }
        Value::Bool(flag) => *flag = !*flag,
        Value::Null => *value = json!(input.byte()),
        Value::Array(items) => items.push(json!(String::from_utf8_lossy(input.piece()))),
        Value::Object(members) => {
            let key = String::from_utf8_lossy(input.piece()).into_owned();
            members.insert(key, json!(String::from_utf8_lossy(input.piece())));
        }
    }
}

/// The JSON pointers of a value and of all in it.
fn collect(value: &Value, at: String, all: &mut Vec<String>) {
    let below = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, item)| collect(item, below(&number.to_string()), all));
        }
        Value::Object(members) => members.iter().for_each(|(key, value)| collect(value, below(key), all)),
        _ => {}
    }
    all.push(at);
}

/// Keeps an image small, and its content its own: nothing is read from other files.
fn tame(value: &mut Value, depth: usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| tame(item, depth + 1)),
        Value::Object(members) => {
            members.shift_remove("from");
            for (key, value) in members.iter_mut() {
                let most = match key.as_str() {
                    "repeat" => 4_096,
                    "trailerBlocks" => 64,
                    _ => i64::MAX,
                };
                if value.as_i64().is_some_and(|number| number > most || (most < i64::MAX && number < 0)) {
                    *value = json!(most);
                }
                tame(value, depth + 1);
            }
        }
        _ => {}
    }
}
