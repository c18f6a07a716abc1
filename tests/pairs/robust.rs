//! What must hold of every pair: the report is the same by one thread and from temporary files, the mirror image with the
//! sides swapped, and empty where an image is held against itself; whatever passes is the same to runtimes.

use reprove::finding::Sides;
use serde_json::Value;

use crate::compared::{Compared, How, compare};
use crate::expected::passes;
use crate::fixture::{Expect, Pair};
use crate::mirror::mirrored;
use crate::oracle;

pub(crate) fn hold(pair: &Pair, compared: &Compared, report: Value) -> Result<(), String> {
    let Pair { references, expect } = pair;
    if passes(&report) {
        must_be_the_same_to_runtimes(references, compared)?;
    }
    for (how, what) in [(How::ONE_THREAD, "one thread makes"), (How::SPILLED, "findings in temporary files make")] {
        let other = compare(references, how)?;
        if other.json != compared.json {
            return Err(format!("{what} another JSON report"));
        }
        if other.text != compared.text {
            return Err(format!("{what} another text"));
        }
    }
    let swapped = Sides::new(references.rebuild.clone(), references.original.clone());
    if compare(&swapped, How::PLAIN)?.document()? != mirrored(report) {
        return Err("with the sides swapped the report is not the mirror image".to_owned());
    }
    [&references.original, &references.rebuild].into_iter().try_for_each(|image| must_equal_itself(image, expect))
}

/// Whatever passes is the same to whoever runs it, but for what was claimed.
fn must_be_the_same_to_runtimes(references: &Sides<String>, compared: &Compared) -> Result<(), String> {
    let stored = references.as_ref().map(|reference| oracle::Stored::of_layout(reference));
    // What archives hold is compared with itself in other pairs.
    let Some(stored) = stored.both() else { return Ok(()) };
    match oracle::noticed(&compared.explanation, stored.as_ref()) {
        Some(noticed) => Err(format!("it passes, and a runtime sees that {noticed}")),
        None => Ok(()),
    }
}

fn must_equal_itself(image: &str, expect: &Expect) -> Result<(), String> {
    let report = compare(&Sides::new(image.to_owned(), image.to_owned()), How::PLAIN)?.document()?;
    if report["verdict"] != "identical" && expect.gaps.is_none() {
        return Err(format!("{image} compared with itself is {}", report["verdict"]));
    }
    let sections = crate::claims::sections(&report);
    match sections.filter_map(|section| section["findings"].as_array()).map(Vec::len).sum() {
        0 => Ok(()),
        some => Err(format!("{image} compared with itself has {some} findings")),
    }
}
