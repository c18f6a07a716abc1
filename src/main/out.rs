//! Standard output, with colors or without, and what it means that it cannot be written.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use reprove::report::text;
use rustix::termios::tcgetwinsize;

use super::cli::Color;

/// Columns of text that does not go to a terminal.
pub(crate) const FILE_WIDTH: usize = 100;
/// Columns beyond which text gets harder to read, not easier.
const MAX_WIDTH: usize = 120;

/// Standard output.
pub(crate) struct Out {
    stream: AutoStream<io::Stdout>,
    color: bool,
}

impl Out {
    pub(crate) fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Out { stream: AutoStream::new(io::stdout(), choice), color: choice != ColorChoice::Never }
    }

    pub(crate) fn options(&self) -> text::Options {
        let style = if self.color { text::Style::colored() } else { text::Style::plain() };
        let width = terminal_width().map_or(FILE_WIDTH, |width| width.min(MAX_WIDTH));
        text::Options { style, ..text::Options::plain(width, text::Detail::Normal) }
    }

    /// The same for lists of one line each: whole where no terminal shows them.
    pub(crate) fn listing_options(&self) -> text::Options {
        let is_shown = terminal_width().is_some();
        let options = self.options();
        text::Options { width: if is_shown { options.width } else { usize::MAX }, ..options }
    }

    /// Prints what `write` writes. Where nobody reads any more, the rest is not printed, and that is all.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
        let mut buffered = BufWriter::new(&mut self.stream);
        printed(write(&mut buffered).and_then(|()| buffered.flush()))
    }

    pub(crate) fn print(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.write(|to| to.write_all(bytes))
    }
}

/// Columns of the terminal that standard output goes to, which may not know how many rows it has; nothing where it is none.
fn terminal_width() -> Option<usize> {
    tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|width| *width > 0)
}

/// How printing ended. Whoever read standard output and closed it has seen enough: that changes nothing about what the
/// program was there for. Of everything else that is written the user has less than was asked for, and is told.
pub(crate) fn printed(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("standard output cannot be written"),
    }
}
