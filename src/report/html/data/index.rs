//! What the page's script reads first: what there is, and where.

use serde_json::{Value, json};

use crate::report::html::layers::label;
use crate::report::html::plain;
use crate::report::text::headline::platform_name;
use crate::report::text::instruction::instruction;
use crate::report::{CauseSummary, DifferingLayer, Report};

/// The index: the first rows of the chunks of rows, values and differences, how many findings are listed, what is left out.
pub(super) fn document(report: &Report<'_>, firsts: [&[u64]; 3], listed: u64, left_out: &str) -> Value {
    let [rows, values, diffs] = firsts;
    let above = "above the platforms".to_owned();
    let platforms = report.platforms.iter().map(|platform| plain(&platform_name(&platform.platform)));
    let layers = (1..)
        .zip(&report.platforms)
        .flat_map(|(section, platform)| platform.layers.iter().map(move |differing| layer(section, differing)));
    json!({
        "listed": listed,
        "leftOut": left_out,
        "rows": rows,
        "values": values,
        "diffs": diffs,
        "sections": std::iter::once(above).chain(platforms).collect::<Vec<_>>(),
        "causes": report.causes.iter().map(cause).collect::<Vec<_>>(),
        "layers": layers.collect::<Vec<_>>(),
    })
}

fn cause(cause: &CauseSummary) -> Value {
    json!([plain(&cause.id), plain(&cause.title)])
}

/// A layer by its section and numbers, what it is called, and what made it.
fn layer(section: usize, differing: &DifferingLayer) -> Value {
    let made = differing.step.as_ref().map(|step| plain(&instruction(&step.created_by))).unwrap_or_default();
    json!([section, differing.original, differing.rebuild, label(differing), made])
}
