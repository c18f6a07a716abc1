//! Why a report cannot be looked through on a terminal.

use crate::finding::coded;

coded! {
    /// Why there is nothing to look through a report on.
    pub enum Unshown {
        /// Standard output is a file, a pipe or nothing.
        "browse-without-terminal" NoTerminal,
        /// The terminal is there, and does not do what it is asked for: what the system says.
        "browse-terminal-fails" Fails(String),
    }
}
