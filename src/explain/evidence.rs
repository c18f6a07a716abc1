//! What the sides' own records of their inputs say, in words that are the same with the sides exchanged.

use crate::causes::{Evidence, Record, Told};
use crate::finding::Sides;

/// The evidence for another input; `None` where none may be told, or the sides tell of different things.
pub(super) fn of(records: Sides<&Record>) -> Option<Sides<Evidence>> {
    let told = records.map(|record| &record.told);
    let (Told::Name(name) | Told::Lines(name) | Told::Value(name, _)) = told.original else { return None };
    let words = words(records)?;
    Some(told.map(|told| Evidence {
        words: words.as_str().into(),
        name: name.as_str().into(),
        value: if let Told::Value(_, value) = told { Some(value.as_str().into()) } else { None },
    }))
}

fn words(records: Sides<&Record>) -> Option<String> {
    match (&records.original.told, &records.rebuild.told) {
        (Told::Name(name), Told::Name(same)) if name == same => Some(format!("{name} differs")),
        (Told::Value(name, original), Told::Value(same, rebuild)) if name == same => {
            let (first, second) = ordered(original, rebuild);
            Some(format!("{name} moved between {first} and {second}"))
        }
        (Told::Lines(name), Told::Lines(same)) if name == same => {
            let texts = records.map(|record| String::from_utf8_lossy(&record.input));
            let (first, second) = lines(&texts.original, &texts.rebuild);
            let places = if first == second { first } else { format!("{first}, {second}") };
            Some(format!("{name} differs: {places}"))
        }
        _ => None,
    }
}

fn ordered<T: PartialOrd>(one: T, other: T) -> (T, T) {
    if one <= other { (one, other) } else { (other, one) }
}

/// The lines of either text between what both begin with and what both end with; the text with fewer lines first.
fn lines(original: &str, rebuild: &str) -> (String, String) {
    let (one, other) = (original.lines().collect::<Vec<_>>(), rebuild.lines().collect::<Vec<_>>());
    let before = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let most = one.len().min(other.len()) - before;
    let after = one.iter().rev().zip(other.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    let place = |lines: &[&str]| {
        let (first, last) = (before + 1, lines.len() - after);
        match last {
            _ if last < first => format!("nothing before line {first}"),
            _ if last == first => format!("line {first}"),
            _ => format!("lines {first} to {last}"),
        }
    };
    let (shorter, longer) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    (place(shorter), place(longer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(input: &str, told: Told) -> Record {
        Record { common: Vec::new(), input: input.as_bytes().to_vec(), told }
    }

    fn told(original: Record, rebuild: Record) -> Option<String> {
        let there = words(Sides::new(&original, &rebuild));
        assert_eq!(there, words(Sides::new(&rebuild, &original)), "the same for swapped sides");
        let evidence = of(Sides::new(&original, &rebuild));
        assert_eq!(evidence.map(|sides| sides.rebuild.words.to_string()), there);
        there
    }

    #[test]
    fn lines_are_counted_from_both_ends() {
        let of = |original, rebuild| {
            told(record(original, Told::Lines("D".into())), record(rebuild, Told::Lines("D".into())))
        };
        assert_eq!(of("a\nb\nc\n", "a\nx\nc\n").as_deref(), Some("D differs: line 2"));
        assert_eq!(of("a\nc\n", "a\nx\ny\nc\n").as_deref(), Some("D differs: nothing before line 2, lines 2 to 3"));
        assert_eq!(of("a\na\n", "a\na\na\n").as_deref(), Some("D differs: nothing before line 3, line 3"));
        assert_eq!(of("", "a").as_deref(), Some("D differs: nothing before line 1, line 1"));
    }

    #[test]
    fn values_are_told_only_where_both_sides_tell_of_the_same() {
        let value = |name: &str, value: &str| record(value, Told::Value(name.into(), value.into()));
        assert_eq!(told(value("x", "2"), value("x", "1")).as_deref(), Some("x moved between 1 and 2"));
        assert_eq!(told(value("x", "2"), value("y", "1")), None);
        assert_eq!(told(value("x", "2"), record("1", Told::Nothing)), None);
        let evidence = of(Sides::new(&value("x", "2"), &value("x", "1"))).unwrap();
        let values = evidence.as_ref().map(|evidence| (&*evidence.name, evidence.value.as_deref()));
        assert_eq!(values, Sides::new(("x", Some("2")), ("x", Some("1"))));
    }
}
