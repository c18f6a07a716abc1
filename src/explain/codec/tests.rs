use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::causes::{Evidence, Witness};
use crate::content::recorded::{Recorded, Stamp};
use crate::explain::{Claim, Explained, FindingRef, Store};
use crate::finding::{
    Aspect, AttestationPlace, Derivation, Diff, DiffForm, Finding, Kind, Location, Of, PartPlace, Role, Secret, Sides,
    Value,
};
use crate::image::entry::{Entry, EntryType, Time};
use crate::spill::Arena;

fn there_and_back<T: Coded>(value: &T) -> Option<T> {
    let mut bytes = Vec::new();
    value.put(&mut bytes);
    let mut cursor = Cursor(&bytes);
    let back = T::take(&mut cursor);
    assert!(cursor.0.is_empty(), "all is read");
    back
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|number| json!(number)),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,5})?"
            .prop_map(|text| serde_json::from_str(&text).unwrap()),
        any::<String>().prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn bytes() -> impl Strategy<Value = Arc<[u8]>> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(Arc::from)
}

fn value() -> impl Strategy<Value = Value> {
    let secret = prop::sample::select(vec![
        None,
        Some(Secret::PrivateKey),
        Some(Secret::PasswordHash),
        Some(Secret::BuildArgument),
        Some(Secret::NamedSecret),
        Some(Secret::HostIdentity),
    ]);
    prop_oneof![
        Just(Value::Absent),
        json_value().prop_map(Value::Json),
        bytes().prop_map(Value::Bytes),
        (any::<[u8; 32]>(), any::<u64>(), secret).prop_map(|(sha256, size, secret)| Value::Content {
            sha256,
            size,
            secret
        }),
    ]
}

fn sides<T: std::fmt::Debug>(one: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = Sides<T>> {
    (one.clone(), one).prop_map(|(original, rebuild)| Sides::new(original, rebuild))
}

fn aspect() -> impl Strategy<Value = Aspect> {
    (0..19_u8).prop_map(|number| Aspect::take(&mut Cursor(&[number])).unwrap())
}

fn part() -> impl Strategy<Value = Box<PartPlace>> {
    let of = prop::sample::select(vec![Of::Member, Of::Encoded, Of::Header, Of::File]);
    let kinds = vec![Derivation::Checksum, Derivation::Size, Derivation::Digest, Derivation::Offset];
    let derived = (of, prop::sample::select(kinds)).prop_map(|(of, kind)| Role::Derived { of, kind });
    let plain = vec![Role::Payload, Role::Header, Role::Padding, Role::Unparsed, Role::Link, Role::Encoded];
    let role = prop_oneof![prop::sample::select(plain), derived];
    (any::<String>(), any::<String>(), role, prop::option::of(bytes())).prop_map(|(format, name, role, member)| {
        Box::new(PartPlace { format: format.into(), name: name.into(), role, member })
    })
}

fn location() -> impl Strategy<Value = Location> {
    let kind = prop::sample::select(vec![Kind::Index, Kind::Manifest, Kind::Config, Kind::Layer, Kind::Entry]);
    let place = (any::<String>(), any::<String>())
        .prop_map(|(platform, predicate_type)| Box::new(AttestationPlace { platform, predicate_type }));
    (
        kind,
        sides(any::<Option<u32>>()),
        prop::option::of(bytes()),
        prop::collection::vec(bytes(), 0..3),
        any::<Option<String>>(),
        sides(any::<Option<(u64, u64)>>()),
        (sides(any::<Option<(u64, u64)>>()), any::<Option<u64>>()),
        prop::option::of(part()),
        prop::option::of(place),
    )
        .prop_map(|(kind, layer, path, inside, field, range, (outer, measured), part, attestation)| Location {
            kind,
            layer,
            path,
            inside,
            field: field.map(Into::into),
            range,
            outer,
            measured,
            part,
            attestation,
        })
}

fn finding() -> impl Strategy<Value = Finding> {
    (location(), aspect(), value(), value(), any::<u64>()).prop_map(|(location, aspect, original, rebuild, bytes)| {
        Finding { location, aspect, values: Sides::new(original, rebuild), bytes }
    })
}

fn diff() -> impl Strategy<Value = Diff> {
    let form = prop::sample::select(vec![DiffForm::Text, DiffForm::Hex]);
    let hunk = sides(prop::collection::vec(any::<String>(), 0..3));
    (form, prop::collection::vec(hunk, 0..3), any::<bool>()).prop_map(|(form, hunks, cut)| Diff { form, hunks, cut })
}

fn entry() -> impl Strategy<Value = Entry> {
    let entry_type = prop_oneof![
        prop::sample::select(vec![
            EntryType::File,
            EntryType::Hardlink,
            EntryType::Symlink,
            EntryType::CharacterDevice,
            EntryType::BlockDevice,
            EntryType::Directory,
            EntryType::Fifo,
        ]),
        any::<u8>().prop_map(EntryType::Other),
    ];
    let time = || (any::<i64>(), any::<u32>()).prop_map(|(seconds, nanoseconds)| Time { seconds, nanoseconds });
    let names = (bytes(), bytes(), bytes(), bytes(), bytes(), bytes());
    let numbers = (any::<u64>(), any::<u64>(), any::<u32>(), any::<u64>(), any::<u64>(), any::<u64>());
    let times = (time(), prop::option::of(time()), prop::option::of(time()));
    let xattrs = prop::collection::btree_map(any::<Vec<u8>>(), any::<Vec<u8>>(), 0..3);
    let sparse = prop::option::of(prop::collection::vec(any::<(u64, u64)>(), 0..3));
    (entry_type, names, numbers, times, any::<Option<(u64, u64)>>(), xattrs, sparse).prop_map(
        |(
            entry_type,
            names,
            (ordinal, offset, mode, uid, gid, size),
            (mtime, atime, ctime),
            device,
            xattrs,
            sparse,
        )| {
            let (raw, name, path, uname, gname, link_name) = names;
            let sparse = sparse.map(Into::into);
            #[rustfmt::skip]
            let entry = Entry {
                ordinal, offset, raw, name, path, entry_type, mode, uid, gid, uname, gname, mtime, atime, ctime,
                link_name, device, xattrs, size, sparse, contested: true,
            };
            entry
        },
    )
}

proptest! {
    #[test]
    fn findings_come_back_as_they_were(finding in finding()) {
        prop_assert_eq!(there_and_back(&finding), Some(finding));
    }

    #[test]
    fn diffs_come_back_as_they_were(diff in diff()) {
        prop_assert_eq!(there_and_back(&diff), Some(diff));
    }

    #[test]
    fn entries_come_back_as_they_were(entry in entry()) {
        prop_assert_eq!(there_and_back(&entry), Some(entry));
    }

    #[test]
    fn numbers_come_back_as_they_were(one: u64, other: i64, small: u32) {
        prop_assert_eq!(there_and_back(&(one, (other, small))), Some((one, (other, small))));
    }

    #[test]
    fn other_bytes_are_no_finding_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut cursor = Cursor(&bytes);
        if let Some(finding) = Finding::take(&mut cursor) {
            prop_assert_eq!(there_and_back(&finding), Some(finding));
        }
    }

    #[test]
    fn a_store_gives_back_what_was_put_into_it(
        findings in prop::collection::vec((finding(), any::<Option<String>>(), prop::option::of(diff())), 0..20),
        memory in prop::sample::select(vec![0, 300, 1 << 20]),
    ) {
        let mut store = Store::new(memory);
        let mut all = Vec::new();
        for (position, (finding, witness, diff)) in findings.into_iter().enumerate() {
            let claim = if position % 2 == 0 { Claim::Derived } else { Claim::Unexplained };
            let cause = (claim == Claim::Derived).then_some(&crate::explain::sample::MTIME);
            let from = vec![FindingRef { section: 3, position: position * 1000 }];
            let (diff, witness) = (diff.map(Box::new), witness.map(Into::into));
            let converges = position % 3 == 0;
            let canonical = converges.then_some([7; 32]);
            let explained =
                Explained { finding, claim, cause, converges, grounded: converges, canonical, witness, from, from_count: 21, astray: converges, diff };
            store.push(&explained).unwrap();
            all.push(explained);
        }
        let same = |one: &Explained, other: &Explained| {
            let parts = |explained: &Explained| {
                let Explained { finding, claim, cause, converges, grounded, canonical, witness, from, from_count, astray, diff } = explained;
                let cause = cause.map(|cause| cause.id);
                (finding.clone(), *claim, cause, (*converges, *grounded), *canonical, witness.clone(), from.clone(), (*from_count, *astray), diff.clone())
            };
            parts(one) == parts(other)
        };
        prop_assert_eq!(store.iter().count(), all.len());
        for ((position, explained), read) in all.iter().enumerate().zip(store.iter()) {
            prop_assert!(same(explained, &read));
            prop_assert!(store.get(position).is_some_and(|read| same(explained, &read)));
            let head = store.head(position).unwrap();
            prop_assert_eq!((head.claim, head.converges, head.grounded, head.follows), (explained.claim, explained.converges, explained.grounded, true));
        }
    }
}

#[test]
fn every_aspect_is_one_byte_of_its_own() {
    let aspects: Vec<Aspect> = (0..=u8::MAX).map_while(|number| Aspect::take(&mut Cursor(&[number]))).collect();
    assert_eq!(aspects.len(), 19);
    for (number, aspect) in aspects.into_iter().enumerate() {
        assert_eq!(aspect as usize, number);
    }
    for claim in [Claim::Proven, Claim::Derived, Claim::Attributed, Claim::Random, Claim::Excluded, Claim::Unexplained]
    {
        assert_eq!(there_and_back(&claim), Some(claim));
    }
}

#[test]
fn numbers_of_json_keep_their_spelling() {
    for text in ["1E5", "1e+05", "-0", "0.10", "123456789012345678901234567890.5", "-0.0e-0"] {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(there_and_back(&value).map(|back| back.to_string()), Some(value.to_string()));
    }
    let nested = json!({"z": 1, "a": [{"y": null, "b": true}], "": "\u{0}"});
    assert_eq!(there_and_back(&nested).unwrap().to_string(), nested.to_string(), "the order of keys, too");
}

#[test]
fn witnesses_say_the_same_words() {
    let stamp = Stamp { seconds: u32::MAX, rest: Some(0) };
    let source = Witness::Recorded(Recorded { path: b"a/\xff.py"[..].into(), stamp, of_directory: true });
    assert_eq!(there_and_back(&source), Some(source));
    let evidence = |name: &str, value: Option<&str>| {
        Witness::Records(Evidence { words: "x".into(), name: name.into(), value: value.map(Into::into) })
    };
    assert_eq!(there_and_back(&evidence("y", Some("z"))), Some(evidence("y", Some("z"))));
    assert_eq!(there_and_back(&Witness::Holds("x")), Some(evidence("", None)));
}

#[test]
fn a_finding_that_says_that_a_time_differs_is_short() {
    let mut bytes = Vec::new();
    crate::explain::sample::mtime(2, "usr/share/doc/x").put(&mut bytes);
    assert!(bytes.len() < 80, "{}", bytes.len());
    let mut arena = Arena::new(1 << 10);
    assert_eq!(arena.push(&bytes).unwrap(), 0);
}
