//! Whether what a program prints gets into the image, or is only shown to whoever builds.

use super::call::Call;
use super::step::Step;

/// Programs that print what they are told.
const SPEAKERS: [&str; 11] = ["echo", "printf", "test", "[", "[[", ":", "true", "false", "case", "if", "exit"];

/// Programs that print what they read, or a part of it.
const FILTERS: [&str; 16] = [
    "awk", "cat", "cut", "egrep", "fgrep", "gawk", "grep", "head", "jq", "rev", "sed", "sort", "tail", "tr", "uniq",
    "wc",
];

impl Step<'_> {
    /// Whether what this call prints is kept: written to a file, or used for anything but a message.
    pub(super) fn keeps_output(&self, number: usize) -> bool {
        self.keeps(number, &mut vec![false; self.calls.len()])
    }

    fn keeps(&self, number: usize, seen: &mut [bool]) -> bool {
        match seen.get_mut(number) {
            Some(seen) if !*seen => *seen = true,
            _ => return false,
        }
        let Some(call) = self.calls.get(number) else { return false };
        if !call.files.is_empty() {
            return true;
        }
        if call.silenced {
            return false;
        }
        if let Some(reader) = call.into {
            let filters = self.calls.get(reader).is_some_and(|reader| FILTERS.contains(&reader.name.as_str()));
            return !filters || self.keeps(reader, seen);
        }
        if let Some(outer) = call.inside {
            return self.uses(outer, seen);
        }
        call.within.is_some_and(|outer| self.keeps(outer, seen))
    }

    /// Whether what this call is given as words is kept.
    pub(super) fn keeps_words(&self, number: usize) -> bool {
        self.uses(number, &mut vec![false; self.calls.len()])
    }

    fn uses(&self, number: usize, seen: &mut [bool]) -> bool {
        let Some(call) = self.calls.get(number) else { return false };
        if SPEAKERS.contains(&call.name.as_str()) {
            return self.keeps(number, seen);
        }
        if !call.name.is_empty() || !call.arguments.is_empty() {
            return true;
        }
        if call.environment.is_empty() {
            // The text of a heredoc.
            return self.keeps(number, seen);
        }
        match seen.get_mut(number) {
            Some(seen) if !*seen => *seen = true,
            _ => return false,
        }
        let names: Vec<&str> = call.environment.iter().map(|(name, _)| name.as_str()).collect();
        let readers = self.calls.iter().enumerate().filter(|(other, call)| *other != number && reads(call, &names));
        for (reader, _) in readers {
            let known = seen.get(reader).copied().unwrap_or(true);
            if !known && self.uses(reader, seen) {
                return true;
            }
        }
        false
    }
}

fn reads(call: &Call, names: &[&str]) -> bool {
    let values = call.environment.iter().map(|(_, value)| value);
    let mut arguments = call.arguments.iter().chain(values).chain(&call.files);
    arguments.any(|argument| argument.variables.iter().any(|variable| names.contains(&variable.as_str())))
}
