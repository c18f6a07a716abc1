//! `reprove limits`: the table of limits.

use std::io::{self, Write};

use reprove::limits::{Limit, Limits, TABLE, Unit};
use reprove::report::json::document;
use serde_json::{Value, json};

use super::cli::{Listing, Table};
use super::out::Out;

pub(crate) fn run(arguments: &Table, out: &mut Out) -> anyhow::Result<()> {
    match arguments.format {
        Listing::Json => {
            let limits: Vec<Value> = TABLE.iter().map(described).collect();
            out.write(|to| document(&json!({ "limits": limits }), to))?;
        }
        Listing::Text => out.write(|to| table(to))?,
    }
    Ok(())
}

fn described(limit: &Limit) -> Value {
    json!({
        "name": limit.name(),
        "default": limit.get(&Limits::default()),
        "unit": limit.unit.name(),
        "least": limit.least,
        "most": limit.most,
        "meaning": limit.meaning.trim(),
    })
}

fn table(to: &mut dyn Write) -> io::Result<()> {
    let names = TABLE.iter().map(|limit| limit.name().len()).max().unwrap_or(0);
    for limit in TABLE {
        let unit = match limit.unit {
            Unit::Seconds => " s",
            Unit::Bytes | Unit::Count | Unit::Exponent => "",
        };
        let default = format!("{}{unit}", limit.shown(&Limits::default()));
        writeln!(to, "{:names$}  {default:>10}  {}", limit.name(), limit.meaning.trim())?;
    }
    Ok(())
}
