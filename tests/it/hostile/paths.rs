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
    assert_eq!((run.code, gaps(&run).len()), (Some(1), 0), "{}", run.err);
    let said = stage.inconclusive(&stage.0.diff(&pair, &["--limit", "tree-paths=1000"]));
    assert!(said.contains("--limit tree-paths"), "{said}");
}

#[test]
fn long_names_are_sorted_a_few_at_a_time_to_the_same_report() {
    let stage = Stage::new();
    let entries = |text: &str| -> Vec<Value> {
        let name = |number: usize| format!("{:03}{}", number * 37 % 100, "x".repeat(200_000));
        (0..100).map(|number| json!({ "path": name(number), "text": text })).collect()
    };
    let pair = pair(&stage, &entries("one"), &entries("two"));
    let plain = stage.0.diff(&pair, &[]);
    assert_eq!((plain.code, gaps(&plain).len()), (Some(1), 0), "{}", plain.err);
    let spilled = stage.0.diff(&pair, &["--limit", "findings-memory-bytes=0"]);
    assert!(plain.out == spilled.out, "the order depends on the memory");
}
