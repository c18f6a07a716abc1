//! Whether two places have findings in common, as far as their data says. Where it cannot tell, they have.

use std::collections::BTreeSet;

use crate::causes::scope::{Field, Inside, Names, Path, Place, Whose};
use crate::causes::shape::provenance::places;
use crate::finding::{Aspect, Kind};
use crate::image::provenance::PREDICATE_TYPE;

/// The kinds and aspects of what one place has in common with others.
pub(super) fn cells(one: &Place, others: &[Place]) -> BTreeSet<(Kind, Aspect)> {
    let mut cells = BTreeSet::new();
    for other in others {
        for kind in one.kinds.iter().filter(|kind| other.kinds.contains(kind)) {
            let aspects = one.aspects.iter().filter(|aspect| other.aspects.contains(aspect));
            if meet(one, other, *kind) {
                cells.extend(aspects.map(|aspect| (*kind, *aspect)));
            }
        }
    }
    cells
}

fn meet(one: &Place, other: &Place, kind: Kind) -> bool {
    let inside = one.inside == Inside::Any || other.inside == Inside::Any || one.inside == other.inside;
    let plain = one.inside == Inside::No || other.inside == Inside::No;
    inside
        && documents(one, other, kind)
        && fields(one.field, other.field, kind)
        && any(&paths(one.path, plain), &paths(other.path, plain))
}

fn documents(one: &Place, other: &Place, kind: Kind) -> bool {
    let [one, other] = [one, other].map(|place| match place.field {
        Field::Labels | Field::Label(_) => Whose::Listed,
        Field::Member(_) => Whose::Statement(&[PREDICATE_TYPE]),
        _ => place.document,
    });
    let own = |whose| matches!(whose, Whose::Any | Whose::Own | Whose::Listed);
    let attestation = |whose| matches!(whose, Whose::Any | Whose::Attestation | Whose::Listed);
    let types = |whose| -> &[&str] {
        match whose {
            Whose::Any => &[""],
            Whose::Statement(types) => types,
            Whose::Own | Whose::Attestation | Whose::Listed => &[],
        }
    };
    let begins = |one: &&str, other: &&str| one.starts_with(other) || other.starts_with(one);
    let statement = types(one).iter().any(|one| types(other).iter().any(|other| begins(one, other)));
    (own(one) && own(other)) || (kind == Kind::Index && ((attestation(one) && attestation(other)) || statement))
}

fn fields(one: Field, other: Field, kind: Kind) -> bool {
    match (one, other) {
        (Field::Whole, field) | (field, Field::Whole) => matches!(field, Field::Any | Field::Except(_) | Field::Whole),
        (Field::Except(names), field) | (field, Field::Except(names)) => {
            globs(field, kind).is_none_or(|globs| globs.iter().any(|glob| !names.contains(&glob.as_str())))
        }
        (Field::Part { format: one, .. }, Field::Part { format: other, .. }) if one != other => false,
        _ => globs(one, kind).zip(globs(other, kind)).is_none_or(|(one, other)| any(&one, &other)),
    }
}

/// Patterns of the fields; `None` for any.
fn globs(field: Field, kind: Kind) -> Option<Vec<String>> {
    let below = |parents: &[&str], names: &[&str]| -> Vec<String> {
        let names = || names.iter().map(|name| name.replace('/', "~1"));
        parents.iter().flat_map(|parent| names().map(move |name| format!("{parent}/{name}"))).collect()
    };
    let labels: &[&str] =
        if kind == Kind::Config { &["/config/Labels", "/container_config/Labels"] } else { &["**/annotations"] };
    let listed = |names: Names| match names {
        Names::Like(names) | Names::InAnyCase(names) => names,
    };
    Some(match field {
        Field::Any | Field::Derived | Field::Except(_) | Field::Whole => return None,
        Field::Like(patterns) => patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
        Field::Labels => labels.iter().map(|parent| (*parent).to_owned()).collect(),
        Field::Label(names) => below(labels, listed(names)),
        Field::Variable(names) => below(&["/config/Env", "/container_config/Env"], listed(names)),
        Field::Member(patterns) => patterns.iter().flat_map(|pattern| members(pattern)).collect(),
        Field::Part { names, .. } => {
            names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}[**]")]).collect()
        }
    })
}

fn members(pattern: &str) -> Vec<String> {
    let (place, rest) = pattern.split_once('/').unwrap_or((pattern, ""));
    match places(place) {
        None => vec![format!("/predicate/{pattern}")],
        Some(prefixes) => prefixes.iter().map(|prefix| format!("/predicate/{prefix}/{rest}")).collect(),
    }
}

fn paths(path: Path, plain: bool) -> Vec<String> {
    match path {
        Path::Any => vec!["**".to_owned()],
        Path::Innermost(_) if !plain => vec!["**".to_owned()],
        Path::Like(patterns) | Path::Innermost(patterns) => {
            patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
        }
        Path::Named(patterns) => patterns.iter().flat_map(|name| [(*name).to_owned(), format!("**/{name}")]).collect(),
    }
}

fn any(one: &[String], other: &[String]) -> bool {
    one.iter().any(|one| other.iter().any(|other| patterns(one, other)))
}

/// A piece of a pattern: a set of bytes, once or as often as one likes.
#[derive(Clone, Copy)]
struct Piece {
    has: fn(u8, u8) -> bool,
    byte: u8,
    repeats: bool,
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut rest = pattern.as_bytes();
    let mut pieces = Vec::new();
    let digit = |byte: u8, _| byte.is_ascii_digit();
    while let Some((first, behind)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(b"**") {
            pieces.push(Piece { has: |_, _| true, byte: 0, repeats: true });
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(b"{n}") {
            pieces.push(Piece { has: digit, byte: 0, repeats: false });
            pieces.push(Piece { has: digit, byte: 0, repeats: true });
            rest = behind;
        } else {
            pieces.push(match first {
                b'*' => Piece { has: |byte, _| byte != b'/', byte: 0, repeats: true },
                b'#' => Piece { has: digit, byte: 0, repeats: false },
                byte => Piece { has: |byte, own| byte == own, byte: byte.to_ascii_lowercase(), repeats: false },
            });
            rest = behind;
        }
    }
    pieces
}

/// Whether some text fits both patterns, case aside.
fn patterns(one: &str, other: &str) -> bool {
    let (one, other) = (pieces(one), pieces(other));
    let mut open = vec![(0, 0)];
    let mut seen = BTreeSet::new();
    while let Some((at, there)) = open.pop() {
        if !seen.insert((at, there)) {
            continue;
        }
        let (first, second) = (one.get(at), other.get(there));
        if first.is_none() && second.is_none() {
            return true;
        }
        if first.is_some_and(|piece| piece.repeats) {
            open.push((at + 1, there));
        }
        if second.is_some_and(|piece| piece.repeats) {
            open.push((at, there + 1));
        }
        if let (Some(first), Some(second)) = (first, second) {
            let common = (0..=u8::MAX).any(|byte| (first.has)(byte, first.byte) && (second.has)(byte, second.byte));
            if common {
                open.push((at + usize::from(!first.repeats), there + usize::from(!second.repeats)));
            }
        }
    }
    false
}

#[test]
fn patterns_meet_where_a_text_fits_both() {
    for (one, other, meets) in [
        ("/created", "/created", true),
        ("/created", "/create", false),
        ("/history/{n}/created", "/history/**", true),
        ("/history/{n}/created", "/history/*/author", false),
        ("/history/{n}", "/history/x", false),
        ("**.pyc", "usr/lib/**", true),
        ("a/*", "a/b/c", false),
        ("a.#", "a.10", false),
        ("**/x", "x", false),
        ("LANG", "lang", true),
    ] {
        assert_eq!(patterns(one, other), meets, "{one} {other}");
        assert_eq!(patterns(other, one), meets, "{other} {one}");
    }
}
