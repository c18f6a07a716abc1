//! Tones of the text: what a piece of it means, and how that looks.

use anstyle::{AnsiColor, Style as Ansi};

/// Whether tones are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colored: bool,
}

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    Plain,
    /// A heading or title.
    Strong,
    /// Less important.
    Faint,
    /// Fine.
    Good,
    /// Needs a decision.
    Caution,
    /// Wrong.
    Bad,
    /// Of the image named first, in a diff.
    Removed,
    /// Of the image named second, in a diff.
    Added,
    /// A name that can be used elsewhere: an id, a builder.
    Name,
}

impl Style {
    /// No escape sequences.
    pub const fn plain() -> Self {
        Style { colored: false }
    }

    /// ANSI colors.
    pub const fn colored() -> Self {
        Style { colored: true }
    }

    /// The text in a tone.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        let ansi = match tone {
            _ if !self.colored => Ansi::new(),
            Tone::Plain => Ansi::new(),
            Tone::Strong => Ansi::new().bold(),
            Tone::Faint => Ansi::new().dimmed(),
            Tone::Good => AnsiColor::Green.on_default().bold(),
            Tone::Caution => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::Added => AnsiColor::Green.on_default(),
            Tone::Name => AnsiColor::Cyan.on_default(),
        };
        format!("{ansi}{text}{ansi:#}")
    }
}
