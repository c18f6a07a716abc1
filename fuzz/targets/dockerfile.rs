//! Dockerfiles: every byte is in one node, each instruction says what stands there, and edits leave the others alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::dockerfile::{Build, Dockerfile, Record, Value, layer_steps};
use reprove::lint::{self, Surroundings};

fuzz_target!(|data: &[u8]| {
    let Ok(file) = Dockerfile::parse(data) else { return };
    let mut end = 0;
    for (number, node) in file.nodes().iter().enumerate() {
        assert_eq!(node.range.start, end);
        end = node.range.end;
        let Some(instruction) = node.instruction() else { continue };
        let text = instruction.logical.text();
        for (offset, byte) in text.bytes().enumerate() {
            assert_eq!(data[instruction.logical.at(offset)], byte);
        }
        let values = |name: &str| if name.len() == 1 { Value::Set("aaa".to_owned()) } else { Value::Unset };
        let _ = file.expand(instruction.arguments(), &values);
        let edits = [file.insert_after(number, "ARG V"), file.append_command(number, "rm x")];
        for edit in edits.into_iter().flatten() {
            file.edited(&[edit]).expect("an edit that was made out can be made");
        }
    }
    assert_eq!(end, data.len());
    let said: Vec<&str> = file.nodes().iter().filter_map(|node| Some(node.instruction()?.logical.text())).collect();
    let history: Vec<Record<'_>> = said.iter().map(|command| Record { command, empty: false }).collect();
    let steps = layer_steps(&file, &history, None, &Build::default());
    assert_eq!(steps.len(), history.len());
    let surroundings = Surroundings { ignore: lint::Ignore::Missing, target: None };
    if let Ok(found) = lint::check(&file, &surroundings) {
        let _ = lint::fixed(&file, &found, &surroundings);
        let _ = lint::document(Some(("Dockerfile", &found)), None).expect("it is made of texts and numbers");
    }
});
