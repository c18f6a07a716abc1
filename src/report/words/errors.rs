//! What ends a run, in a sentence that names what the user gave and says what to do about it.

mod access;
mod attachment;
mod blob;
mod cache;
mod engine;
mod evidence;
mod names;
mod options;
mod reference;
mod registry;
mod report;
mod source;
mod terminal;

use std::fmt::{self, Display, Formatter};

use crate::error::{Error, PolicyPlace};

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Reference { reference, problem } => write!(f, "{reference}: {problem}"),
            Error::Choice { reference, problem } => write!(f, "{reference}: {problem}"),
            Error::Source { reference, problem } => write!(f, "{reference}: {problem}"),
            Error::Missing { reference, no_file, problem } => {
                let no_file = if *no_file { "no such file; " } else { "" };
                write!(f, "{reference}: {no_file}there is no such image: {problem}")
            }
            Error::Registry { image, problem } => write!(f, "{image}: {problem}"),
            Error::Platform(problem) => write!(f, "{problem}"),
            Error::Policy { name, place, problem } => write!(f, "{name}: {place}{problem}"),
            Error::Report { name, problem } => write!(f, "{name}: {problem}"),
            Error::Key { name, problem } => write!(f, "{name}: {problem}"),
            Error::Evidence { name, problem } => write!(f, "{name}: {problem}"),
            Error::Requirements { name, problem } => write!(f, "{name}: {problem}"),
            Error::Cache(problem) => write!(f, "{problem}"),
            Error::Terminal(problem) => write!(f, "{problem}"),
            Error::Io { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl Display for PolicyPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        match self.entry {
            Some(entry) => write!(f, "accept entry {entry}: "),
            None => Ok(()),
        }
    }
}
