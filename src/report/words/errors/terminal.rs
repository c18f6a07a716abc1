//! Terminals that a report cannot be looked through on.

use std::fmt::{self, Display, Formatter};

use crate::error::Unshown;

impl Display for Unshown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unshown::NoTerminal => f.write_str(
                "--browse needs a terminal, and standard output is none: leave it out to print the report, or write a \
                 page to look through with -o html=FILE",
            ),
            Unshown::Fails(said) => write!(f, "--browse: the terminal cannot be used: {said}"),
        }
    }
}
