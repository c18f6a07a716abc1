//! Archives of many members: each costs what it takes to hold it, and is divided only where it differs.

use super::*;
use crate::codec::tar::fixtures::{END, file};
use crate::codec::zip::tests::{Entry, archive};

/// How many findings there are of each field, without the member, and what they cost.
fn counted(path: &str, files: Sides<&[u8]>) -> (Vec<(String, usize)>, Account) {
    let (ledger, limits) = (Ledger::new(1 << 40), Limits::default());
    let mut turn = ledger.announce(0);
    let contents = files.map(Content::from_bytes);
    let mut costs = Costs::in_turn(contents.as_ref(), &limits, &mut turn);
    let mut counts = std::collections::BTreeMap::new();
    compare(&at(path), contents.as_ref(), &mut costs, &mut |difference| {
        let part = difference.finding.location.part.as_ref();
        *counts.entry(part.map_or_else(String::new, |part| part.name.to_string())).or_default() += 1;
    });
    drop(turn);
    (counts.into_iter().collect(), ledger.account())
}

#[test]
fn a_jar_of_forty_thousand_members_is_taken_apart() {
    let jar = |time: u32| {
        let member = |number: u32| Entry {
            time: time + number % 20,
            ..Entry::stored(&format!("org/example/Class{number}.class"), &number.to_le_bytes())
        };
        archive(&(0..40_000).map(member).collect::<Vec<_>>())
    };
    let (counts, account) = counted("a.jar", Sides::new(&jar(0x5965_0000), &jar(0x5965_0800)));
    let expected = ["central.mtime", "local.mtime"].map(|field| (field.to_owned(), 40_000));
    assert_eq!((counts, account.refused), (expected.to_vec(), Refused::default()));
}

#[test]
fn a_packed_archive_of_thousands_of_small_files_is_taken_apart() {
    let tar = |changed: u32| {
        let text = |number: u32| if number == 700 { changed } else { 0 }.to_string();
        let files: Vec<u8> =
            (0..3_000).flat_map(|number| file(&format!("f{number}"), text(number).as_bytes())).collect();
        gzip(&[&files[..], &END].concat(), 9, 1)
    };
    let (one, other) = (tar(1), tar(2));
    assert!(one.len() < 100_000);
    let (counts, account) = counted("a.tar.gz", Sides::new(&one, &other));
    let fields: Vec<&str> = counts.iter().map(|(field, _)| &**field).collect();
    assert_eq!((fields, account.refused), (vec!["", "gzip.crc32"], Refused::default()));
}

#[test]
fn fields_of_a_header_cost_only_where_they_differ() {
    let jar = |changed: usize| {
        let member = |number: usize| Entry {
            time: 0x5965_0000 + u32::from(number < changed),
            ..Entry::stored(&number.to_string(), b"")
        };
        archive(&(0..1_000).map(member).collect::<Vec<_>>())
    };
    let spent = |changed| counted("a.jar", Sides::new(&jar(0), &jar(changed))).1.spent;
    let (one, all) = (spent(1), spent(1_000));
    assert!(one < 2 * 1_000 * 5 * crate::limits::budget::HELD && one + 999 * 2 * 20 * 64 < all, "{one} {all}");
}
