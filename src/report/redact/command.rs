//! The instruction that made a layer, as `created_by` records it.
//!
//! Builders write `RUN |2 NAME=value OTHER=value /bin/sh -c command`: the values of build arguments, unquoted. Where one
//! ends cannot be told from the next for certain; what is in doubt is withheld.

use super::MARK;
use super::text::redact;
use crate::content::secret::Extent;

/// The one build argument whose value is no secret but the very thing to compare.
pub(super) const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// The instruction with its secrets withheld.
pub(crate) fn command(text: &str) -> String {
    match split_arguments(text) {
        Some((before, arguments, rest)) => format!("{before}{arguments}{}", redact(rest, extent(before, rest)).0),
        None => redact(text, extent("", text)).0,
    }
}

/// One build argument as `NAME=value`, its value withheld.
pub(super) fn argument(text: &str) -> String {
    match text.split_once('=') {
        Some((SOURCE_DATE_EPOCH, value)) if is_number(value) => text.to_owned(),
        Some((name, _)) if is_name(name) => format!("{name}={MARK}"),
        _ => MARK.to_owned(),
    }
}

fn extent(before: &str, text: &str) -> Extent {
    let instruction = text.split_once("#(nop)").map_or(text, |(_, instruction)| instruction).trim_start();
    let assigns = ["ENV ", "ARG ", "LABEL "].iter().any(|keyword| instruction.starts_with(keyword));
    if before.is_empty() && assigns { Extent::Instruction } else { Extent::Word }
}

/// The text before the build arguments, these with their values withheld, and the command after them.
fn split_arguments(text: &str) -> Option<(&str, String, &str)> {
    let bar = if text.starts_with('|') { 0 } else { text.find(" |")? + 1 };
    let digits = text[bar + 1..].bytes().take_while(u8::is_ascii_digit).count();
    let count: usize = text[bar + 1..bar + 1 + digits].parse().unwrap_or(usize::MAX);
    let start = bar + 1 + digits;
    // Only what stands before the command of an instruction: `cmd |2 x=y` in a command is no list of arguments.
    if !text[..bar].trim().is_empty() && text[..bar].trim() != "RUN" || digits == 0 || !text[start..].starts_with(' ') {
        return None;
    }
    let before = &text[..start];
    let end = shell(&text[start..]).map_or(text.len(), |shell| start + shell);
    Some((before, withheld(&text[start..end], count), &text[end..]))
}

/// Where the shell that runs the command begins: the absolute path before the first ` -c `, with the space before it.
fn shell(text: &str) -> Option<usize> {
    let option = text.find(" -c ")?;
    let mut start = option;
    // Other options of the shell stand between it and `-c`, as in `/bin/bash -o pipefail -c`.
    for _ in 0..8 {
        let space = text[..start].rfind(' ')?;
        if text[space + 1..start].starts_with('/') {
            return Some(space);
        }
        start = space;
    }
    None
}

/// ` NAME=[redacted] …` for as many arguments as there are said to be, else one mark for all of them.
fn withheld(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let opens = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    if words.iter().copied().filter(opens).count() != count || !words.first().is_none_or(opens) {
        return format!(" {MARK}");
    }
    let mut shown = String::new();
    for (at, word) in words.iter().enumerate() {
        if opens(word) {
            let alone = words.get(at + 1).is_none_or(opens);
            let word = if alone { argument(word) } else { argument(&format!("{word} ")) };
            shown.push(' ');
            shown.push_str(&word);
        }
    }
    shown
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
