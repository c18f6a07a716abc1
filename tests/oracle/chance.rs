//! Pairs of images made by chance, of which the rebuild is the original with a few things done to its layers: names that
//! alias each other, whiteouts, links, layers split and joined.

use serde_json::{Value, json};

/// Says a number below another one; 0 where that is 0.
pub(crate) type Choose<'a> = dyn FnMut(usize) -> usize + 'a;

const NAMES: &[&str] = &[
    "usr",
    "usr/",
    "usr/lib",
    "usr/bin/",
    "usr/lib/x",
    "lib",
    "lib/x",
    "lib/sub/y",
    "bin",
    "bin/app",
    "usr/bin/app",
    "usr/./bin/app",
    "usr//bin/app",
    "./usr/bin/app",
    "/usr/bin/app",
    "a/../usr/bin/app",
    "../usr/bin/app",
    "usr/bin/.wh.app",
    "bin/.wh.app",
    "usr/./bin/.wh.app",
    "usr/.wh.bin",
    "usr/.wh.lib",
    ".wh.lib",
    "lib/.wh.x",
    "usr/lib/.wh..wh..opq",
    "lib/.wh..wh..opq",
    "usr/bin/.wh..wh..opq",
    "opt/d/.wh..wh..opq",
    ".wh..wh..opq",
    "etc",
    "etc/a",
    "etc/b",
    "etc/link",
    "etc/link/a",
    "etc/.wh.a",
    "etc/.wh.link",
    "etc/.wh.",
    "etc/.wh..",
    "opt",
    "opt/d",
    "opt/d/e",
    "opt/d/e/f",
    "opt/d/e/g",
    "opt/.wh.d",
    "opt/d/.wh.e",
    ".wh.opt",
    "var/log/dpkg.log",
    "var/cache/ldconfig/aux-cache",
    "etc/passwd-",
    "root/.cache/x",
    "srv",
    "srv/a",
    "srv/b/c",
    "srv/.wh.a",
    "srv/.wh.none",
    "srv/d/.wh.none",
];
const TARGETS: &[&str] =
    &["usr/lib", "/usr/lib", "usr/bin/app", "etc/a", "etc", "../etc", "../usr/bin", "opt/d", "opt/d/e/f", ".", "lib/x"];
const TEXTS: &[&str] = &["", "one\n", "two\n", "2025-01-01 00:00:00 startup archives unpack\n"];
const TIMES: &[u64] = &[1_735_689_600, 1_735_689_697, 1_735_693_200];

/// A pair, as a fixture has it.
pub(crate) fn pair(choose: &mut Choose<'_>) -> Value {
    let mut original = vec![base(choose)];
    for _ in 0..choose(4) {
        let layer =
            (0..choose(5)).map(|_| if choose(4) == 1 { again(&original, choose) } else { entry(choose) }).collect();
        original.push(layer);
    }
    let mut rebuild = original.clone();
    for _ in 0..=choose(3) {
        change(&mut rebuild, choose);
    }
    let image = |layers: Vec<Vec<Value>>| {
        let layers: Vec<Value> = layers.into_iter().map(|entries| json!({ "entries": entries })).collect();
        json!({ "layers": layers })
    };
    json!({ "original": image(original), "rebuild": image(rebuild) })
}

/// A lowest layer with what most names of the others mean.
fn base(choose: &mut Choose<'_>) -> Vec<Value> {
    let link = [json!("usr/lib"), json!("/usr/lib"), json!("./usr/../usr/lib")][choose(3)].clone();
    vec![
        json!({ "path": "usr", "type": "dir" }),
        json!({ "path": "usr/lib", "type": "dir" }),
        json!({ "path": "usr/lib/x", "text": "x\n" }),
        json!({ "path": "usr/bin", "type": "dir" }),
        json!({ "path": "usr/bin/app", "text": "app\n", "mode": "0755" }),
        json!({ "path": "lib", "type": "symlink", "link": link }),
        json!({ "path": "bin", "type": "symlink", "link": "usr/bin" }),
        json!({ "path": "etc", "type": "dir" }),
        json!({ "path": "etc/a", "text": "a\n" }),
        json!({ "path": "etc/link", "type": "symlink", "link": "../opt/d" }),
        json!({ "path": "opt/d/e/f", "text": "f\n" }),
        json!({ "path": "srv", "type": "dir", "mode": "1777" }),
        json!({ "path": "srv/a", "text": "a\n" }),
    ]
}

fn entry(choose: &mut Choose<'_>) -> Value {
    let name = NAMES[choose(NAMES.len())];
    let time = TIMES[choose(TIMES.len())];
    let kind = match choose(9) {
        _ if name.contains(".wh.") => "file",
        _ if name.ends_with('/') => "dir",
        0 => "dir",
        1 => "symlink",
        2 => "hardlink",
        _ => "file",
    };
    let mut entry = json!({ "path": name, "type": kind, "mtime": time });
    match kind {
        "file" if name.contains(".wh.") => entry["text"] = json!(""),
        "file" => entry["text"] = json!(TEXTS[choose(TEXTS.len())]),
        "symlink" | "hardlink" => entry["link"] = json!(TARGETS[choose(TARGETS.len())]),
        _ if name == "srv" => entry["mode"] = json!("1777"),
        _ => {}
    }
    entry
}

/// Something that a layer below has, as it is there or with another time.
fn again(below: &[Vec<Value>], choose: &mut Choose<'_>) -> Value {
    let there: Vec<&Value> = below.iter().flatten().collect();
    let mut entry = there[choose(there.len())].clone();
    if choose(2) == 1 {
        entry["mtime"] = json!(TIMES[choose(TIMES.len())]);
    }
    entry
}

/// Does one thing to the layers.
fn change(layers: &mut Vec<Vec<Value>>, choose: &mut Choose<'_>) {
    let number = choose(layers.len());
    let count = layers[number].len();
    match choose(13) {
        0..=2 => {
            let at = choose(count + 1);
            layers[number].insert(at, entry(choose));
        }
        11 | 12 if layers.iter().any(|layer| !layer.is_empty()) => {
            let at = choose(count + 1);
            let again = again(layers, choose);
            layers[number].insert(at, again);
        }
        3 if count > 0 => drop(layers[number].remove(choose(count))),
        4 | 5 if count > 0 => {
            let (one, other) = (choose(count), choose(count));
            layers[number].swap(one, other);
        }
        6 if count > 0 => {
            let again = layers[number][choose(count)].clone();
            layers[number].push(again);
        }
        7 if count > 0 => {
            let at = choose(count);
            let name = layers[number][at]["path"].as_str().unwrap_or_default().to_owned();
            layers[number][at]["path"] = json!(other_spelling(&name, choose));
        }
        8 if number > 0 => {
            let upper = layers.remove(number);
            layers[number - 1].extend(upper);
        }
        9 => {
            let upper = layers[number].split_off(choose(count + 1));
            layers.insert(number + 1, upper);
        }
        _ if count > 0 => {
            let at = choose(count);
            layers[number][at]["mtime"] = json!(TIMES[choose(TIMES.len())]);
        }
        _ => {}
    }
}

fn other_spelling(name: &str, choose: &mut Choose<'_>) -> String {
    match choose(6) {
        0 => format!("./{name}"),
        1 => name.replacen('/', "//", 1),
        2 => name.replacen('/', "/./", 1),
        3 => format!("etc/../{name}"),
        4 => name.replacen("usr/lib", "lib", 1).replacen("usr/bin", "bin", 1),
        _ => format!("/{name}"),
    }
}
