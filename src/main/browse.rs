//! `--browse`: a report is looked through on the terminal.

#[path = "browse/draw.rs"]
mod draw;
#[path = "browse/keys.rs"]
mod keys;

use std::io::{self, IsTerminal as _};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use reprove::error::Unshown;
use reprove::report::browse::Browser;
use reprove::{Error, Report};

use super::cli::Shown;

/// What is on the screen beside the report.
#[derive(Default)]
struct Screen {
    /// Lines of the details that are scrolled away.
    scrolled: usize,
    /// What is typed after a slash, while it is.
    typed: Option<String>,
    /// Rows that fit into the list, as they were drawn last.
    page: usize,
    /// The details, which may take long to gather, and what they are of: row and columns. Gone when the list changes.
    detail: Option<(usize, usize, Vec<String>)>,
}

/// Refuses before there is work done.
pub(crate) fn check(shown: &Shown) -> Result<(), Error> {
    if shown.browse && !io::stdout().is_terminal() {
        return Err(Error::Terminal(Unshown::NoTerminal));
    }
    Ok(())
}

/// Until whoever looks has seen enough.
pub(crate) fn run(report: &Report) -> Result<(), Error> {
    let failed = |error: io::Error| Error::Terminal(Unshown::Fails(error.to_string()));
    let mut terminal = ratatui::try_init().map_err(failed)?;
    let looked = look(report, &mut terminal);
    // Whatever happened: the terminal is the user's again.
    let restored = ratatui::try_restore();
    looked.and(restored).map_err(failed)
}

fn look(report: &Report, terminal: &mut DefaultTerminal) -> io::Result<()> {
    let mut browser = Browser::new(report);
    let mut screen = Screen::default();
    loop {
        terminal.draw(|frame| draw::draw(frame, &browser, &mut screen))?;
        if let Event::Key(key) = event::read()?
            && key.kind != KeyEventKind::Release
            && keys::press(key, &mut browser, &mut screen) == keys::Next::Leave
        {
            return Ok(());
        }
    }
}
