use super::*;
use proptest::prelude::*;

fn hunks(original: &str, rebuild: &str) -> Vec<Sides<Vec<String>>> {
    diff(original.as_bytes(), rebuild.as_bytes(), &Limits::default()).hunks
}

fn lines(range: std::ops::Range<u32>) -> String {
    range.map(|line| format!("line {line}\n")).collect()
}

#[test]
fn text_has_three_lines_of_context() {
    let original = lines(0..20);
    let rebuild = original.replace("line 10\n", "changed\n");
    let found = diff(original.as_bytes(), rebuild.as_bytes(), &Limits::default());
    assert_eq!((found.form, found.cut, found.hunks.len()), (DiffForm::Text, false, 1));
    let expected = ["line 7", "line 8", "line 9", "line 10", "line 11", "line 12", "line 13"];
    assert_eq!(found.hunks[0].original, expected);
    assert_eq!(found.hunks[0].rebuild, expected.map(|line| if line == "line 10" { "changed" } else { line }));
}

#[test]
fn places_far_apart_are_hunks_of_their_own() {
    let original = lines(0..100);
    let rebuild = original.replace("line 10\n", "").replace("line 90\n", "line 90\nmore\n");
    let found = hunks(&original, &rebuild);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].original.len(), found[0].rebuild.len()), (7, 6));
    assert_eq!((found[1].original.len(), found[1].rebuild.len()), (6, 7));
}

#[test]
fn a_missing_line_feed_is_said() {
    let found = hunks("a\nb\n", "a\nb");
    assert_eq!(found[0].original, ["a", "b"]);
    assert_eq!(found[0].rebuild, ["a", "b", "\\ No newline at end of file"]);
}

#[test]
fn the_number_of_lines_is_limited() {
    let limits = Limits { diff_lines: 10, ..Limits::default() };
    for (original, rebuild) in [
        (lines(0..5000).into_bytes(), lines(5000..10_000).into_bytes()),
        (vec![0; 5000], vec![1; 5000]),
        (vec![0; 5000], vec![1; 6000]),
        (lines(0..500).into_bytes(), lines(0..500).replace("0\n", "x\n").into_bytes()),
    ] {
        let found = diff(&original, &rebuild, &limits);
        assert!(found.cut);
        let shown: usize = found.hunks.iter().map(|hunk| hunk.original.len().max(hunk.rebuild.len())).sum();
        assert!((1..=10).contains(&shown), "{shown}");
    }
}

#[test]
fn the_note_of_a_missing_newline_counts_as_a_line() {
    let found = |diff_lines| diff(b"", b"a", &Limits { diff_lines, ..Limits::default() });
    assert_eq!((found(2).hunks[0].rebuild.len(), found(2).cut), (2, false));
    assert_eq!((found(1).hunks[0].rebuild.len(), found(1).cut), (1, true));
}

#[test]
fn long_lines_are_cut_around_the_change() {
    let long = "x".repeat(5000);
    let found = hunks(&format!("{long}1{long}\n"), &format!("{long}2{long}\n"));
    for (line, changed) in [(&found[0].original[0], "x1x"), (&found[0].rebuild[0], "x2x")] {
        assert!(line.contains(changed) && line.starts_with('…') && line.ends_with('…'));
        assert_eq!(line.chars().count(), 402);
    }
}

#[test]
fn hex_has_rows_with_offsets() {
    let original = vec![0u8; 100];
    let mut rebuild = original.clone();
    rebuild[40] = b'A';
    let found = diff(&original, &rebuild, &Limits::default());
    assert_eq!((found.form, found.cut, found.hunks.len()), (DiffForm::Hex, false, 1));
    assert_eq!(found.hunks[0].rebuild.len(), 3);
    let row = "00000020  00 00 00 00 00 00 00 00  41 00 00 00 00 00 00 00  |........A.......|";
    assert_eq!(found.hunks[0].rebuild[1], row);
}

#[test]
fn hex_finds_insertions() {
    let original: Vec<u8> = (0..=255).cycle().take(1200).collect();
    let mut rebuild = original.clone();
    rebuild.insert(100, 7);
    rebuild.insert(901, 7);
    let found = diff(&original, &rebuild, &Limits::default());
    assert_eq!((found.hunks.len(), found.cut), (2, false));
}

#[test]
fn equal_contents_have_no_hunks() {
    for content in [&b"text\n"[..], b"\0", b""] {
        assert_eq!(diff(content, content, &Limits::default()).hunks, []);
    }
}

proptest! {
    #[test]
    fn exchanging_the_contents_exchanges_the_sides(original in "([ab]{0,2}\n?){0,12}", rebuild in "([ab]{0,2}\n?){0,12}", nul: bool) {
        let zero = if nul { "\0" } else { "" };
        let (original, rebuild) = (original + zero, rebuild + zero);
        let limits = Limits { diff_lines: 9, ..Limits::default() };
        let forth = diff(original.as_bytes(), rebuild.as_bytes(), &limits);
        let mut back = diff(rebuild.as_bytes(), original.as_bytes(), &limits);
        back.hunks = back.hunks.into_iter().map(Sides::swapped).collect();
        prop_assert_eq!(&forth, &back);
        prop_assert_eq!(forth.hunks.is_empty(), original == rebuild);
        let shown: usize = forth.hunks.iter().map(|hunk| hunk.original.len().max(hunk.rebuild.len())).sum();
        prop_assert!(shown <= 9, "{} lines", shown);
    }

    #[test]
    fn no_bytes_panic(original in any::<Vec<u8>>(), rebuild in any::<Vec<u8>>()) {
        let found = diff(&original, &rebuild, &Limits::default());
        prop_assert_eq!(found.hunks.is_empty(), original == rebuild);
    }
}
