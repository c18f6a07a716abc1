//! What keys do.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use reprove::report::browse::{Browser, View};

use super::Screen;

/// The keys, in one line.
pub(super) const HELP: &str = "Tab list  ↑↓ choose  Enter findings  Esc back  / search  J K scroll  q quit";

/// What comes after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Stay,
    Leave,
}

pub(super) fn press(key: KeyEvent, browser: &mut Browser<'_, '_>, screen: &mut Screen) -> Next {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        // The terminal sends no signal while keys are read.
        return if key.code == KeyCode::Char('c') { Next::Leave } else { Next::Stay };
    }
    if let Some(typed) = screen.typed.take() {
        search(key.code, typed, browser, screen);
        return Next::Stay;
    }
    match key.code {
        KeyCode::Char('q') => return Next::Leave,
        KeyCode::Char('/') => screen.typed = Some(String::new()),
        KeyCode::Char('J') => screen.scrolled += 1,
        KeyCode::Char('K') => screen.scrolled = screen.scrolled.saturating_sub(1),
        code => walk(code, browser, screen),
    }
    Next::Stay
}

/// Keys that lead elsewhere: what is shown of the row before is of no use then.
fn walk(code: KeyCode, browser: &mut Browser<'_, '_>, screen: &mut Screen) {
    let chosen = browser.chosen();
    let page = screen.page.max(1);
    match code {
        KeyCode::Down | KeyCode::Char('j') => browser.choose(chosen + 1),
        KeyCode::Up | KeyCode::Char('k') => browser.choose(chosen.saturating_sub(1)),
        KeyCode::PageDown | KeyCode::Char(' ') => browser.choose(chosen + page),
        KeyCode::PageUp => browser.choose(chosen.saturating_sub(page)),
        KeyCode::Home | KeyCode::Char('g') => browser.choose(0),
        KeyCode::End | KeyCode::Char('G') => browser.choose(usize::MAX),
        KeyCode::Enter | KeyCode::Right | KeyCode::Char('l') => _ = browser.open(),
        KeyCode::Esc | KeyCode::Left | KeyCode::Backspace | KeyCode::Char('h') => browser.back(),
        KeyCode::Tab => browser.go(beside(browser.view(), 1)),
        KeyCode::BackTab => browser.go(beside(browser.view(), View::ALL.len() - 1)),
        KeyCode::Char(digit @ '1'..='4') => {
            let place = usize::from(u8::try_from(digit).unwrap_or(b'1') - b'1');
            browser.go(View::ALL[place]);
        }
        _ => return,
    }
    screen.scrolled = 0;
    screen.detail = None;
}

fn search(code: KeyCode, mut typed: String, browser: &mut Browser<'_, '_>, screen: &mut Screen) {
    match code {
        KeyCode::Esc => return,
        KeyCode::Enter => {
            browser.search(&typed);
            screen.scrolled = 0;
            screen.detail = None;
            return;
        }
        KeyCode::Backspace => _ = typed.pop(),
        KeyCode::Char(character) => typed.push(character),
        _ => {}
    }
    screen.typed = Some(typed);
}

/// The list so many places further, around the end.
fn beside(view: View, by: usize) -> View {
    let place = View::ALL.iter().position(|known| *known == view).unwrap_or(0);
    View::ALL[(place + by) % View::ALL.len()]
}
