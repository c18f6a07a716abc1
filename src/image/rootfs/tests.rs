//! What answers cost, in records that are read: not more for what a layer says a thousand times.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::record::{Mark, Record};
use super::view::LayerView;
use super::{Rootfs, Wanted};
use crate::image::entry::{EntryType, Time};

fn record(entry_type: EntryType, link: &str, content: u8) -> Record {
    Record {
        entry_type,
        attributes: vec![content],
        header: Vec::new(),
        time: Time::default(),
        link: link.as_bytes().to_vec(),
        content: [content; 32],
    }
}

/// A tree of layers, each of paths with what is there, of which everything was asked for.
fn tree(layers: &[Vec<(String, Record)>], asked: &[&str]) -> Rootfs {
    let mut wanted = Wanted::default();
    asked.iter().for_each(|directory| wanted.directory(directory.as_bytes()));
    let view = |layer: &Vec<(String, Record)>| {
        let mut view = LayerView::new(1 << 20);
        layer.iter().for_each(|(path, record)| view.add(path.as_bytes(), record, &wanted));
        Arc::new(view.settled())
    };
    let (tree, missing) = Rootfs::new(&layers.iter().map(view).collect::<Vec<_>>(), &wanted);
    assert!(missing.is_empty() && tree.faults().is_empty(), "{missing:?} {:?}", tree.faults());
    tree.reads();
    tree
}

impl Rootfs {
    /// How many records were read since this was last asked.
    fn reads(&self) -> usize {
        self.layers.iter().map(|view| view.reads.swap(0, Ordering::Relaxed)).sum()
    }
}

#[test]
fn what_is_in_nested_directories_is_listed_once() {
    const DEPTH: usize = 40;
    const FILES: usize = 200;
    // Some names come before the marker of the directory that they are in, and some after it.
    let directory =
        |depth: usize| (0..depth).map(|level| if level % 2 == 0 { "a" } else { "-" }).collect::<Vec<_>>().join("/");
    let deepest = directory(DEPTH);
    let file = |number: usize| (format!("{deepest}/{number}"), record(EntryType::File, "", 1));
    let layer = || (0..FILES).map(file).collect::<Vec<_>>();
    let asked: Vec<String> = (1..=DEPTH).map(directory).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let tree = tree(&[layer(), vec![(format!("{deepest}/new"), record(EntryType::File, "", 2))]], &asked);
    for order in [asked.clone(), asked.iter().rev().copied().collect()] {
        for directory in order {
            assert!(tree.names_before(1, directory.as_bytes()).unwrap().is_some());
            assert!(tree.survivors(1, 1, directory.as_bytes()).unwrap().is_some());
            assert!(tree.merged_below(directory.as_bytes()).unwrap().is_some());
        }
    }
    let reads = tree.reads();
    assert!(reads < 30 * FILES, "{reads}");
}

#[test]
fn trees_below_a_directory_tell_what_is_there() {
    let file = |path: &str, content| (path.to_owned(), record(EntryType::File, "", content));
    let below = |layers: &[Vec<(String, Record)>]| tree(layers, &["a", "a/b"]).merged_below(b"a/b").unwrap();
    let one = below(&[vec![file("a/b/x", 1), file("a/c", 1)]]);
    assert!(one.is_some());
    assert_eq!(one, below(&[vec![file("a/c", 2)], vec![file("a/b/x", 1)]]));
    assert_ne!(one, below(&[vec![file("a/b/x", 2)]]));
    assert_ne!(one, below(&[vec![file("a/b/x", 1), file("a/b/y", 1)]]));
    assert_eq!(below(&[vec![file("a/b/x", 1)], vec![file("a/b", 1)]]), None, "a file has nothing below it");
    let both = tree(&[vec![file("a/b/x", 1), file("a/b/y", 1)], vec![file("a/b/y", 2), file("a/b/z", 3)]], &["a/b"]);
    let alone = tree(&[vec![file("a/b/x", 1), file("a/b/y", 2)]], &["a/b"]);
    assert_eq!(both.survivors(1, 1, b"a/b").unwrap(), alone.tree_of_all(b"a/b"));
    assert_eq!(both.names_before(1, b"a/b").unwrap(), alone.names_below(0, b"a/b").unwrap());
    assert_ne!(both.names_below(1, b"a/b").unwrap(), alone.names_below(0, b"a/b").unwrap());
    assert_eq!(both.names_before(0, b"a/b").unwrap(), None);
    assert!(both.names_below(1, b"a").is_err(), "nobody asked for it");
}

impl Rootfs {
    fn tree_of_all(&self, directory: &[u8]) -> Option<super::Tree> {
        self.tree(super::Question { names: 0, layer: 0, what: super::What::Linked }, directory).unwrap()
    }
}

#[test]
fn a_path_that_comes_a_thousand_times_is_found_at_once() {
    const TIMES: usize = 2_000;
    let entry = |number: usize| {
        let content = u8::try_from(number % 251).unwrap();
        ("a/b".to_owned(), record(EntryType::File, "", content))
    };
    let mut layer: Vec<_> = (0..TIMES).map(entry).collect();
    layer.push(("a/link".to_owned(), record(EntryType::Hardlink, "a/b", 0)));
    layer.extend((0..TIMES).map(entry));
    let tree = tree(&[layer], &[""]);
    assert!(tree.at(0, b"a/b").unwrap().is_some() && tree.at(0, b"a/link").unwrap().is_some());
    let reads = tree.reads();
    assert!(reads < 100, "{reads}");
}

#[test]
fn groups_of_hard_links_are_found_once_however_they_are_interleaved() {
    const GROUPS: usize = 50;
    const LINKS: usize = 40;
    let name = |group: usize, link: usize| format!("{link}/{group}");
    let mut layer = Vec::new();
    for link in 0..LINKS {
        for group in 0..GROUPS {
            let target = name(group, 0);
            let kind = if link == 0 { EntryType::File } else { EntryType::Hardlink };
            layer.push((name(group, link), record(kind, if link == 0 { "" } else { &target }, 1)));
        }
    }
    let tree = tree(&[layer], &[""]);
    for link in 0..LINKS {
        for group in 0..GROUPS {
            assert!(tree.linked_at(0, name(group, link).as_bytes()).unwrap().is_some());
        }
    }
    let reads = tree.reads();
    assert!(reads < 20 * GROUPS * LINKS, "{reads}");
}

#[test]
fn a_file_that_is_replaced_after_each_link_to_it_is_looked_at_once() {
    const TIMES: usize = 300;
    let link = |number: usize| format!("l/{number}");
    let mut layer = Vec::new();
    for number in 0..TIMES {
        layer.push(("a".to_owned(), record(EntryType::File, "", u8::try_from(number % 251).unwrap())));
        layer.push((link(number), record(EntryType::Hardlink, "a", 0)));
    }
    let tree = tree(&[layer], &[""]);
    let answers: Vec<_> =
        (0..TIMES).map(|number| tree.linked_at(0, link(number).as_bytes()).unwrap().unwrap()).collect();
    let reads = tree.reads();
    assert!(reads < 50 * TIMES, "{reads}");
    assert_ne!(answers[0], answers[1], "each has its own file");
    let alone = |number: usize, others: &[&str]| {
        let mut layer = vec![("a".to_owned(), record(EntryType::File, "", u8::try_from(number).unwrap()))];
        layer.extend(
            [link(number).as_str()]
                .iter()
                .chain(others)
                .map(|name| ((*name).to_owned(), record(EntryType::Hardlink, "a", 0))),
        );
        layer.push(("a".to_owned(), record(EntryType::File, "", 255)));
        self::tree(&[layer], &[""]).linked_at(0, link(number).as_bytes()).unwrap().unwrap()
    };
    assert_eq!(answers[7], alone(7, &[]));
    assert_ne!(answers[7], alone(7, &["other"]));
}

#[test]
fn a_group_that_is_not_decided_is_looked_at_once() {
    const LINKS: usize = 300;
    let mut wanted = Wanted::default();
    wanted.directory(b"");
    let mut view = LayerView::new(1 << 20);
    view.add(b"file", &record(EntryType::File, "", 1), &wanted);
    for number in 0..LINKS {
        view.add(format!("{number}").as_bytes(), &record(EntryType::Hardlink, "file", 0), &wanted);
    }
    view.note(Mark::Unclear, b"7");
    let (tree, _) = Rootfs::new(&[Arc::new(view.settled())], &wanted);
    tree.reads();
    assert!((0..LINKS).all(|number| tree.linked_at(0, format!("{number}").as_bytes()).is_err()));
    let reads = tree.reads();
    assert!(reads < 50 * LINKS, "{reads}");
}
