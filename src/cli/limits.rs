//! The options and the command that concern the limits.

use std::str::FromStr;

use clap::Args;
use reprove::limits::{LimitError, Limits, TABLE};
use reprove::policy::unknown;

use super::Listing;

/// The limits of a run.
#[derive(Debug, Args)]
pub(crate) struct Limited {
    /// Set a limit on time or memory, as in `layer-bytes=1TiB`; can be given more than once. `reprove limits` lists them.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) limit: Vec<Setting>,
}

impl Limited {
    /// The defaults, with what was set over them; of two settings of a limit the last one counts.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for Setting { name, value } in &self.limit {
            // Checked when it was parsed.
            let _ = limits.set(name, value);
        }
        limits
    }
}

/// `reprove limits`.
#[derive(Debug, Args)]
pub(crate) struct Table {
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Listing,
}

/// One limit that was set, to a value that it can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    name: String,
    value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, as in layer-bytes=1TiB")?;
        match Limits::default().set(name, value) {
            Ok(()) => Ok(Setting { name: name.to_owned(), value: value.to_owned() }),
            Err(LimitError::Unknown) => {
                let names: Vec<String> = TABLE.iter().map(reprove::limits::Limit::name).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                Err(format!("there is no limit {} (\"reprove limits\" lists them)", unknown(name, &names)))
            }
            Err(error) => Err(format!("{name}: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_setting_of_a_limit_counts() {
        let limit = ["layers=3", "nesting=0", "layers=5"].map(|text| text.parse().unwrap()).to_vec();
        let limits = Limited { limit }.limits();
        assert_eq!(limits, Limits { layers: 5, nesting: 0, ..Limits::default() });
    }

    #[test]
    fn settings_say_what_is_wrong_with_them() {
        let wrong = |text: &str| text.parse::<Setting>().unwrap_err();
        assert_eq!(wrong("layers"), "write NAME=VALUE, as in layer-bytes=1TiB");
        assert!(wrong("layer-byte=1").contains("did you mean \"layer-bytes\"?"), "{}", wrong("layer-byte=1"));
        assert_eq!(wrong("zstd-window-log=99"), "zstd-window-log: it can be from 10 to 31");
        assert!(wrong("layers=many").starts_with("layers: write a whole number"));
    }
}
