//! All of the context, with whatever lies around in it.

use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::super::surroundings::Ignore;
use crate::dockerfile::{Arguments, Keyword};

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let copies = matches!(step.command.keyword, Keyword::Copy | Keyword::Add) && !step.is_deferred();
    let chosen = step.command.flags.iter().any(|flag| matches!(flag.name.as_str(), "from" | "exclude"));
    if scope.surroundings.ignore != Ignore::Missing || !copies || chosen {
        return;
    }
    let all = |text: &str| matches!(text.trim_matches(['"', '\'']), "." | "./" | "/" | "./." | "*" | "./*");
    match &step.command.arguments {
        Arguments::Words(words) => {
            let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
            if let Some(word) = sources.iter().find(|word| all(&word.text)) {
                let last = words.last().map_or(word.range.end, |last| last.range.end);
                finds.part(&cases::COPY_ALL, step, &(step.command.name.start..last));
            }
        }
        Arguments::Exec(words)
            if words.split_last().is_some_and(|(_, sources)| sources.iter().any(|source| all(source))) =>
        {
            finds.part(&cases::COPY_ALL, step, &(step.command.name.start..step.command.rest.end));
        }
        _ => {}
    }
}
