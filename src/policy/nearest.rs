//! Which known word somebody probably meant.

use crate::error::Unknown;

/// A word that is none of the candidates, with the one that is near, if any is.
pub fn unknown(word: &str, candidates: &[&str]) -> Unknown {
    let near = word.chars().count() / 3 + 1;
    let nearest = candidates.iter().map(|candidate| (distance(word, candidate), *candidate)).min();
    let nearest = nearest.filter(|(distance, _)| *distance <= near).map(|(_, candidate)| candidate.to_owned());
    Unknown { word: word.to_owned(), nearest }
}

/// Levenshtein distance in characters; words beyond any id's length are not measured.
fn distance(one: &str, other: &str) -> usize {
    if one.len() > 200 {
        return usize::MAX;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, character) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (cell, candidate) in row.iter_mut().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(character != *candidate);
            diagonal = *cell;
            before = replaced.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
