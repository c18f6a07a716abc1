//! What is on the screen: the verdict, the names of the lists, the rows of one, what is known of the chosen row, and the keys.
//! Nothing is told by color.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};
use reprove::report::browse::{Browser, View};
use reprove::report::escape::escape;

use super::{Screen, keys};

/// Columns from which on rows and details are side by side.
const WIDE: u16 = 100;

pub(super) fn draw(frame: &mut Frame<'_>, browser: &Browser<'_, '_>, screen: &mut Screen) {
    let heights = [Constraint::Length(1), Constraint::Length(1), Constraint::Min(2), Constraint::Length(1)];
    let [verdict, views, body, bottom] = Layout::vertical(heights).areas(frame.area());
    let bold = Style::new().add_modifier(Modifier::BOLD);
    frame.render_widget(Paragraph::new(Line::styled(browser.verdict(), bold)), verdict);
    frame.render_widget(Paragraph::new(names(browser.view())), views);
    let halves = if body.width < WIDE { Layout::vertical } else { Layout::horizontal };
    let [list, detail] = halves([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(body);
    draw_list(frame, list, browser, screen);
    draw_detail(frame, detail, browser, screen);
    let line = match &screen.typed {
        Some(typed) => format!("/{}▏ Enter search  Esc leave it", escape(typed)),
        None => keys::HELP.to_owned(),
    };
    frame.render_widget(Paragraph::new(line), bottom);
}

/// The names of the lists, with the key of each.
fn names(chosen: View) -> Line<'static> {
    let name = |(number, view): (usize, &View)| {
        let style = if *view == chosen { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        [Span::styled(format!(" {} {} ", number + 1, view.name()), style), Span::raw(" ")]
    };
    Line::from_iter(View::ALL.iter().enumerate().flat_map(name))
}

/// The rows around the chosen one. Others are not made: there may be a million.
fn draw_list(frame: &mut Frame<'_>, area: Rect, browser: &Browser<'_, '_>, screen: &mut Screen) {
    let block = Block::new().borders(Borders::TOP).title(browser.heading());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let height = usize::from(inner.height).max(1);
    screen.page = height;
    let first = browser.chosen() / height * height;
    let row = |row: usize| {
        let (mark, style) = if row == browser.chosen() {
            ("▌", Style::new().add_modifier(Modifier::REVERSED))
        } else {
            (" ", Style::new())
        };
        Line::styled(format!("{mark}{}", browser.label(row)), style)
    };
    let rows: Vec<Line<'_>> = (first..browser.len().min(first + height)).map(row).collect();
    frame.render_widget(Paragraph::new(rows), inner);
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, browser: &Browser<'_, '_>, screen: &mut Screen) {
    let block = Block::new().borders(Borders::TOP);
    let inner = block.inner(area);
    let (row, width) = (browser.chosen(), usize::from(inner.width));
    if screen.detail.as_ref().is_none_or(|(of, columns, _)| (*of, *columns) != (row, width)) {
        screen.detail = Some((row, width, browser.detail(width)));
    }
    let Some((.., lines)) = &screen.detail else { return };
    let height = usize::from(inner.height);
    screen.scrolled = screen.scrolled.min(lines.len().saturating_sub(height));
    let end = lines.len().min(screen.scrolled + height);
    let title = if lines.len() > height {
        format!("{}–{end} of {} lines", screen.scrolled + 1, lines.len())
    } else {
        String::new()
    };
    frame.render_widget(block.title(title), area);
    let shown: Vec<Line<'_>> = lines[screen.scrolled..end].iter().map(|line| Line::raw(line.as_str())).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}
