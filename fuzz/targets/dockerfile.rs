//! Dockerfiles: every byte is in one node, and each instruction says what stands there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::dockerfile::{Dockerfile, Value};

fuzz_target!(|data: &[u8]| {
    let Ok(file) = Dockerfile::parse(data) else { return };
    let mut end = 0;
    for node in file.nodes() {
        assert_eq!(node.range.start, end);
        end = node.range.end;
        let Some(instruction) = node.instruction() else { continue };
        let text = instruction.logical.text();
        for (offset, byte) in text.bytes().enumerate() {
            assert_eq!(data[instruction.logical.at(offset)], byte);
        }
        let values = |name: &str| if name.len() == 1 { Value::Set("aaa".to_owned()) } else { Value::Unset };
        let _ = file.expand(instruction.arguments(), &values);
    }
    assert_eq!(end, data.len());
});
