use super::*;

fn pair(stage: &Stage, original: &[Value], rebuild: &[Value]) -> Sides<String> {
    let side = |entries: &[Value]| json!({ "layers": [{ "entries": entries }] });
    built(stage, &json!({ "original": side(original), "rebuild": side(rebuild), "expect": { "cause": "" } }))
}

#[test]
fn a_path_of_a_hundred_thousand_directories_costs_no_more_than_its_length() {
    let stage = Stage::new();
    let entry = |end: &str| [json!({ "path": format!("{}{end}", "a/".repeat(100_000)), "text": "x" })];
    let pair = pair(&stage, &entry("one"), &entry("two"));
    let run = stage.0.diff(&pair, &[]);
    stage.assert_orderly(&run);
    assert!(run.code == Some(1) && gaps(&run).len() == 2 && run.out.contains("longer than any system takes"));
    let said = stage.inconclusive(&stage.0.diff(&pair, &["--limit", "tree-paths=1000"]));
    assert!(said.contains("--limit tree-paths"), "{said}");
}

#[test]
fn long_names_are_sorted_a_few_at_a_time_to_the_same_report() {
    let stage = Stage::new();
    let entries = |text: &str| -> Vec<Value> {
        let name = |number: usize| format!("{:03}{}", number * 37 % 100, "x".repeat(20_000));
        (0..100).map(|number| json!({ "path": name(number), "text": text })).collect()
    };
    let pair = pair(&stage, &entries("one"), &entries("two"));
    let plain = stage.0.diff(&pair, &[]);
    assert_eq!((plain.code, gaps(&plain).len()), (Some(1), 1), "{}", plain.err);
    let spilled = stage.0.diff(&pair, &["--limit", "findings-memory-bytes=0"]);
    assert!(plain.out == spilled.out, "the order depends on the memory");
}

/// Both sides of a pair with these layers each.
fn layers(stage: &Stage, original: &Value, rebuild: &Value) -> Sides<String> {
    let side = |layers: &Value| json!({ "layers": layers });
    built(stage, &json!({ "original": side(original), "rebuild": side(rebuild), "expect": { "cause": "" } }))
}

#[test]
fn longer_paths_than_any_system_takes_are_gaps_wherever_layers_are_unpacked() {
    let stage = Stage::new();
    let at = |length: usize| json!({ "path": format!("{}x", "a/".repeat(length / 2)), "text": "x" });
    let log = |second: u8| {
        let text = format!("update-alternatives 2026-03-01 10:00:0{second}: run with --quiet\n");
        json!({ "path": "var/log/alternatives.log", "text": text })
    };
    let merged = |entry: &Value| {
        let (one, other) = (json!({ "path": "one", "text": "" }), json!({ "path": "other", "text": "" }));
        let split = json!([{ "entries": [one] }, { "entries": [entry, other] }]);
        layers(&stage, &split, &json!([{ "entries": [one, entry, other] }]))
    };
    let replayed = |entry: &Value| {
        let (data, link) =
            (json!({ "path": "data/x", "text": "" }), json!({ "path": "l", "type": "symlink", "link": "data" }));
        let side = |second| {
            let through = json!({ "path": "l/y", "text": "" });
            json!([{ "entries": [data, link, entry, through, log(second)] }])
        };
        layers(&stage, &side(1), &side(2))
    };
    // A whiteout that is on one side only, and needless there, has the trees asked.
    let unpacked = |entry: &Value| {
        let base = json!({ "entries": [{ "path": "usr/x", "text": "" }] });
        let needless = json!({ "path": "usr/.wh.gone", "text": "" });
        layers(&stage, &json!([base, { "entries": [needless, entry] }]), &json!([base, { "entries": [entry] }]))
    };
    let named = |length: usize| json!({ "path": format!("usr/{}/x", "n".repeat(length)), "text": "x" });
    for make in [&merged as &dyn Fn(&Value) -> Sides<String>, &replayed, &unpacked] {
        for entry in [at(4096), named(256)] {
            let said = stage.inconclusive(&stage.0.diff(&make(&entry), &[]));
            assert!(said.contains("longer than any system takes"), "{said}");
        }
        for entry in [at(4094), named(255)] {
            let run = stage.0.diff(&make(&entry), &[]);
            assert_eq!((run.code, gaps(&run).len()), (Some(0), 0), "{}", run.err);
        }
    }
}

#[test]
fn merged_runs_have_no_more_findings_than_their_share() {
    let stage = Stage::new();
    let entry = |name: usize, mtime: u32| json!({ "path": format!("{name}"), "text": "x", "mtime": mtime });
    let entries = |from: usize, to: usize, mtime| (from..to).map(|name| entry(name, mtime)).collect::<Vec<_>>();
    let split = json!([{ "entries": entries(0, 50, 1) }, { "entries": entries(50, 100, 1) }]);
    let pair = layers(&stage, &split, &json!([{ "entries": entries(0, 100, 2) }]));
    assert_eq!(gaps(&stage.0.diff(&pair, &[])).len(), 0);
    let said = stage.inconclusive(&stage.0.diff(&pair, &["--limit", "findings=20"]));
    assert!(said.contains("--limit findings"), "{said}");
}

#[test]
fn nested_opaque_markers_cost_no_more_than_they_weigh() {
    let stage = Stage::new();
    let marker = |depth: usize| json!({ "path": format!("{}.wh..wh..opq", "a/".repeat(depth)), "text": "" });
    let run = |depth: usize| {
        let file = |number: usize| json!({ "path": format!("{}{number}", "a/".repeat(depth)), "text": "x" });
        let base = json!({ "entries": (0..20).map(file).collect::<Vec<_>>() });
        let new = json!({ "path": "new", "text": "" });
        let each = depth.div_ceil(250);
        let markers: Vec<Value> = (1..=depth).rev().step_by(each).map(marker).chain([new.clone()]).collect();
        let pair = layers(&stage, &json!([base, { "entries": markers }]), &json!([base, { "entries": [new] }]));
        stage.0.diff(&pair, &[])
    };
    for depth in [100, 250] {
        let run = run(depth);
        stage.assert_orderly(&run);
        assert_eq!((run.code, gaps(&run).len()), (Some(1), 0), "{depth}: {}", run.err);
    }
    let said = stage.inconclusive(&run(10_000));
    assert!(said.contains("longer than any system takes"), "{said}");
}

#[test]
fn a_path_that_comes_a_hundred_thousand_times_costs_no_more_than_its_entries() {
    let stage = Stage::new();
    let layer = |last: &str| {
        let text = |number: usize| if number + 1 == 100_000 { last } else { "x" };
        let entries: Vec<Value> = (0..100_000).map(|number| json!({ "path": "a/b", "text": text(number) })).collect();
        json!([{ "entries": entries }])
    };
    let run = stage.0.diff(&layers(&stage, &layer("one"), &layer("two")), &[]);
    stage.assert_orderly(&run);
    assert_eq!((run.code, gaps(&run).len()), (Some(1), 0), "{}", run.err);
}

#[test]
fn ten_thousand_directories_in_each_other_are_a_gap_where_layers_are_merged() {
    let stage = Stage::new();
    let entry = |end: &str| json!({ "path": format!("{}{end}", "a/".repeat(10_000)), "text": "x" });
    let (one, other) = (entry("one"), entry("other"));
    let split = json!([{ "entries": [one] }, { "entries": [other] }]);
    let said = stage.inconclusive(&stage.0.diff(&layers(&stage, &split, &json!([{ "entries": [one, other] }])), &[]));
    assert!(said.contains("longer than any system takes"), "{said}");
}

#[test]
fn more_directories_than_are_looked_at_are_a_gap() {
    let stage = Stage::new();
    let entry = |number: usize| json!({ "path": format!("{number}/{}x", "a/".repeat(1_900)), "text": "x" });
    let entries: Vec<Value> = (0..600).map(entry).collect();
    let base = json!({ "entries": [{ "path": "usr/x", "text": "" }] });
    let needless = json!({ "entries": [{ "path": "usr/.wh.gone", "text": "" }, { "path": "usr/y", "text": "" }] });
    let without = json!({ "entries": [{ "path": "usr/y", "text": "" }] });
    let deep = json!({ "entries": entries });
    let pair = layers(&stage, &json!([base, deep, needless]), &json!([base, deep, without]));
    let said = stage.inconclusive(&stage.0.diff(&pair, &[]));
    assert!(said.contains("more directories than are looked at"), "{said}");
    let merged: Vec<&Value> = base["entries"].as_array().unwrap().iter().chain(&entries).collect();
    let pair = layers(&stage, &json!([base, deep]), &json!([{ "entries": merged }]));
    let said = stage.inconclusive(&stage.0.diff(&pair, &[]));
    assert!(said.contains("more directories than are looked at"), "{said}");
}

#[test]
fn interleaved_groups_of_hard_links_cost_no_more_than_they_weigh() {
    let stage = Stage::new();
    let entry = |link: usize, group: usize, mtime: u32| match link {
        0 => json!({ "path": format!("{link}/{group}"), "text": "x", "mtime": mtime }),
        _ => {
            json!({ "path": format!("{link}/{group}"), "type": "hardlink", "link": format!("0/{group}"), "mtime": mtime })
        }
    };
    let entries = |links: std::ops::Range<usize>, mtime| {
        let links = links.flat_map(|link| (0..100).map(move |group| (link, group)));
        links.map(|(link, group)| entry(link, group, mtime)).collect::<Vec<_>>()
    };
    let split = json!([{ "entries": entries(0..50, 1) }, { "entries": entries(50..100, 1) }]);
    for (original, rebuild, code) in [
        (json!([{ "entries": entries(0..100, 1) }]), json!([{ "entries": entries(0..100, 2) }]), 0),
        // Links to what another layer has cannot be unpacked for overlayfs.
        (split, json!([{ "entries": entries(0..100, 1) }]), 1),
    ] {
        let run = stage.0.diff(&layers(&stage, &original, &rebuild), &[]);
        stage.assert_orderly(&run);
        assert_eq!((run.code, gaps(&run).len()), (Some(code), 0), "{}", run.err);
    }
}
