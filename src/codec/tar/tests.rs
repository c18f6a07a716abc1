mod contested;
mod sparse;

use std::collections::BTreeSet;

use proptest::prelude::*;

use self::sparse::{old_map, stored};
use super::entry::{Entry, EntryType, Time};
use super::fixtures::{END, Header, file, long, member, pax};
use super::*;
use crate::codec::fault::Fault;
use crate::limits::Limits;

/// Feeds an archive in pieces of one size, to have every boundary somewhere.
struct Pieces<'a>(&'a [u8], &'a [u8], usize);

impl Feed for Pieces<'_> {
    fn advance(&mut self) -> Result<bool, Fault> {
        (self.1, self.0) = self.0.split_at(self.2.min(self.0.len()));
        Ok(!self.1.is_empty())
    }

    fn piece(&self) -> &[u8] {
        self.1
    }
}

#[derive(Debug, Default)]
struct Walked {
    entries: Vec<(Entry, Vec<u8>)>,
    globals: Vec<GlobalHeader>,
    trailer: Trailer,
}

/// Scans an archive and checks that its parts are all of it.
fn walk_in(archive: &[u8], piece: usize, limits: &Limits) -> Result<Walked, Fault> {
    let mut scanner = Scanner::new(Pieces(archive, &[], piece), limits);
    let mut walked = Walked::default();
    let mut all = Vec::new();
    while let Some(item) = scanner.next_item()? {
        match item {
            Item::Global(global) => {
                assert_eq!(global.offset, all.len() as u64);
                check_fields(&global.raw);
                all.extend_from_slice(&global.raw);
                walked.globals.push(global);
            }
            Item::Entry(entry) => {
                assert_eq!(entry.offset, all.len() as u64);
                check_fields(&entry.raw);
                all.extend_from_slice(&entry.raw);
                let mut content = Vec::new();
                while let Some(piece) = scanner.next_piece()? {
                    let bytes = scanner.look(piece);
                    content.extend_from_slice(bytes);
                    if matches!(piece, Piece::Data { .. }) {
                        all.extend_from_slice(bytes);
                    }
                }
                assert_eq!(content.len() as u64, entry.size);
                all.extend_from_slice(&scanner.padding()?);
                walked.entries.push((entry, content));
            }
        }
    }
    walked.trailer = scanner.drain()?;
    assert_eq!(walked.trailer.offset, all.len() as u64);
    all.resize(all.len() + usize::try_from(walked.trailer.zero_blocks * 512 + walked.trailer.partial).unwrap(), 0);
    if let Some(rest) = &walked.trailer.rest {
        all.extend_from_slice(&rest.bytes(u64::MAX).unwrap().unwrap());
    }
    assert!(all == archive, "the parts are the archive");
    Ok(walked)
}

fn walk(archive: &[u8]) -> Result<Walked, Fault> {
    let whole = walk_in(archive, usize::MAX, &Limits::default());
    for piece in [1, 511, 512, 700] {
        let again = walk_in(archive, piece, &Limits::default());
        match (&whole, &again) {
            (Ok(whole), Ok(again)) => assert_eq!(whole.entries, again.entries),
            (whole, again) => assert_eq!(whole.as_ref().err(), again.as_ref().err()),
        }
    }
    whole
}

/// Every byte is in exactly one field, and no name is there twice.
fn check_fields(raw: &[u8]) -> Vec<RawField> {
    let fields = raw_fields(raw);
    let mut end = 0;
    for field in &fields {
        assert_eq!(field.range.0, end);
        assert!(field.range.1 > end);
        end = field.range.1;
    }
    assert_eq!(end, raw.len() as u64);
    assert_eq!(fields.iter().map(|field| &field.name).collect::<BTreeSet<_>>().len(), fields.len());
    fields
}

fn only(archive: &[u8]) -> (Entry, Vec<u8>) {
    let mut walked = walk(archive).expect("well-formed");
    assert_eq!(walked.entries.len(), 1);
    walked.entries.remove(0)
}

fn detail(archive: &[u8]) -> String {
    walk(archive).expect_err("malformed").detail.to_string()
}

fn with_end(parts: &[&[u8]]) -> Vec<u8> {
    [&parts.concat()[..], &END].concat()
}

#[test]
fn a_plain_file_is_decoded() {
    let header = Header::new("./usr//bin/true", b'0', 5)
        .with(block::MODE, b"0100755\0")
        .with(block::UID, b"0001750\0")
        .with(block::MTIME, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe")
        .with(block::UNAME, b"joe");
    let (entry, content) = only(&with_end(&[&member(&header, b"hello")]));
    assert_eq!(content, b"hello");
    assert_eq!((&*entry.name, &*entry.path), (&b"./usr//bin/true"[..], &b"usr//bin/true"[..]));
    assert_eq!((entry.mode, entry.uid, entry.gid), (0o100_755, 1000, 0));
    assert_eq!((&*entry.uname, &*entry.gname), (&b"joe"[..], &b""[..]));
    assert_eq!(entry.mtime, Time { seconds: -2, nanoseconds: 0 });
    assert_eq!((entry.entry_type, entry.size, entry.device), (EntryType::File, 5, None));
}

#[test]
fn paths_lose_leading_dots_and_a_directory_its_slash() {
    for (name, typeflag, path) in [
        ("./", b'5', ""),
        (".", b'5', ""),
        ("/", b'5', ""),
        ("", b'5', ""),
        ("././/./a/b//", b'5', "a/b"),
        ("/etc/", b'5', "etc"),
        ("../a", b'0', "../a"),
        (".hidden", b'0', ".hidden"),
        ("a/", b'0', "a/"),
        ("a/", 0, "a"),
        ("./a/./b", b'0', "a/./b"),
    ] {
        let (entry, _) = only(&with_end(&[&member(&Header::new(name, typeflag, 0), b"")]));
        assert_eq!(&*entry.path, path.as_bytes(), "{name}");
        assert_eq!(&*entry.name, name.as_bytes());
    }
}

#[test]
fn typeflags() {
    let at = |typeflag| {
        let header = Header::new("a", typeflag, 0).with(block::DEVMAJOR, b"0000010\0").with(block::LINKNAME, b"b");
        only(&with_end(&[&member(&header, b"")])).0
    };
    assert_eq!(at(b'1').entry_type, EntryType::Hardlink);
    assert_eq!((at(b'2').entry_type, &*at(b'2').link_name), (EntryType::Symlink, &b"b"[..]));
    assert_eq!((at(b'3').entry_type, at(b'3').device), (EntryType::CharacterDevice, Some((8, 0))));
    assert_eq!((at(b'4').entry_type, at(b'4').device), (EntryType::BlockDevice, Some((8, 0))));
    assert_eq!(at(b'6').entry_type, EntryType::Fifo);
    assert_eq!(at(b'7').entry_type, EntryType::Other(b'7'));
    assert_eq!(at(b'V').entry_type, EntryType::Other(b'V'));
}

#[test]
fn names_of_all_dialects() {
    let prefix = Header::new("file", b'0', 0).with(block::PREFIX, b"dir");
    assert_eq!(&*only(&prefix.bytes()).0.name, b"dir/file");
    let v7 = prefix.clone().with(block::MAGIC, b"").with(block::UNAME, b"joe");
    assert_eq!((&*only(&v7.bytes()).0.name, &*only(&v7.bytes()).0.uname), (&b"file"[..], &b""[..]));
    let star = prefix.clone().with(476..488, b"00000000007 ").with(508..512, b"tar\0");
    assert_eq!(&*only(&star.bytes()).0.name, b"dir/file");
    assert_eq!(only(&star.bytes()).0.atime.map(|time| time.seconds), Some(7));
    // Go before 1.8 wrote a prefix into GNU headers.
    assert_eq!(&*only(&prefix.with(block::MAGIC, b"ustar  \0").bytes()).0.name, b"dir/file");
    let times = Header::gnu("file", b'0', 0).with(345..357, b"00000000007\0").with(357..369, b"00000000010\0");
    let (entry, _) = only(&times.bytes());
    assert_eq!(
        (&*entry.name, entry.atime.map(|t| t.seconds), entry.ctime.map(|t| t.seconds)),
        (&b"file"[..], Some(7), Some(8))
    );
    let name = "n".repeat(700);
    let target = "t".repeat(512);
    let parts = [long(b'K', target.as_bytes()), long(b'L', name.as_bytes()), Header::gnu("n", b'2', 0).bytes()];
    let (entry, _) = only(&parts.concat());
    assert_eq!((&*entry.name, &*entry.link_name), (name.as_bytes(), target.as_bytes()));
}

#[test]
fn pax_records_override_the_header() {
    let records: [(&str, &[u8]); 9] = [
        ("path", b"./long/name"),
        ("mtime", b"-1.25"),
        ("atime", b"5"),
        ("uid", b"4294967296"),
        ("gname", b"wheel"),
        ("size", b"3"),
        ("uid", b"4294967297"),
        ("SCHILY.xattr.security.capability", b"\x01\0\0\x02\n="),
        ("hdrcharset", b"BINARY"),
    ];
    // The size in the header loses (RUSTSEC-2026-0068).
    let header = Header::new("short", b'0', 512).with(block::GNAME, b"root");
    let (entry, content) = only(&with_end(&[&pax(b'x', &records), &member(&header, b"abc")]));
    assert_eq!((&*entry.path, &content[..]), (&b"long/name"[..], &b"abc"[..]));
    assert_eq!(entry.mtime, Time { seconds: -2, nanoseconds: 750_000_000 });
    assert_eq!((entry.uid, &*entry.gname), (4_294_967_297, &b"wheel"[..]));
    assert_eq!(entry.atime, Some(Time { seconds: 5, nanoseconds: 0 }));
    assert_eq!(entry.xattrs[&b"security.capability"[..]], b"\x01\0\0\x02\n=");
    let fields = check_fields(&entry.raw);
    assert_eq!(fields[0].name, "pax.header.name");
    assert!(fields.iter().any(|field| field.name == "pax.uid") && fields.iter().any(|field| field.name == "pax.uid#2"));
    assert!(fields.iter().any(|field| field.name == "header.name" && field.range == (1024, 1124)));
}

#[test]
fn global_headers_are_bounded_together() {
    let one = pax(b'g', &[("comment", &[b'x'; 2000])]);
    let limits = Limits { extension_bytes: 8 << 10, ..Limits::default() };
    let walked = |count: usize| walk_in(&[&one.repeat(count)[..], &file("a", b"")[..], &END].concat(), 512, &limits);
    assert_eq!(walked(3).expect("within the limit").globals.len(), 3);
    // Each replaces the record of the one before.
    assert!(walked(4).expect_err("together they are too many").detail.to_string().contains("--limit extension-bytes"));
}

/// As Go's reader has it: buildah 1.28.2 leaves a file to root that a global header gives to user 7.
#[test]
fn global_records_are_handed_out_and_not_applied() {
    let archive = with_end(&[
        &pax(b'g', &[("uid", b"7"), ("comment", b"abcdef")]),
        &file("one", b"1"),
        &pax(b'x', &[("uid", b"8")]),
        &file("two", b"2"),
        &pax(b'x', &[("uid", b"")]),
        &file("three", b"3"),
        &pax(b'g', &[("uid", b"9")]),
        &file("four", b"4"),
    ]);
    let walked = walk(&archive).expect("well-formed");
    assert_eq!(walked.entries.iter().map(|(entry, _)| entry.uid).collect::<Vec<_>>(), [0, 8, 0, 0]);
    assert_eq!(walked.entries.iter().map(|(entry, _)| entry.contested).collect::<Vec<_>>(), [true, false, false, true]);
    assert_eq!(walked.globals.iter().map(|global| global.ordinal).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(walked.globals[0].records[1], (b"comment".to_vec(), b"abcdef".to_vec()));
    assert!(check_fields(&walked.globals[0].raw).iter().any(|field| field.name == "global.comment"));
}

#[test]
fn what_implementations_disagree_about_is_refused() {
    let x = |records: &[(&str, &[u8])]| pax(b'x', records);
    for (archive, sentence) in [
        (file("a", b"1").into_iter().chain([b'x'; 512]).collect(), "checksum"),
        (member(&Header::new("a", b'1', 5), b"hello"), "disagree"),
        (member(&Header::new("a/", 0, 5), b"hello"), "disagree"),
        ([x(&[("path", b"b")]), x(&[("path", b"c")]), file("a", b"")].concat(), "two PAX headers"),
        ([x(&[("path", b"b")]), long(b'L', b"c"), file("a", b"")].concat(), "disagree about its name"),
        ([x(&[("path", b"b")]), pax(b'g', &[("uid", b"1")]), file("a", b"")].concat(), "global header is between"),
        ([pax(b'g', &[("size", b"1")]), file("a", b"1")].concat(), "cannot be meant"),
        // buildah 1.28.2 deletes the file of that name.
        (member(&Header::new("etc/passwd", b'g', 13), b"13 comment=a\n"), "remove what is there"),
        ([x(&[("path", b"b")]), END.to_vec()].concat(), "followed by no entry"),
        (x(&[("path", b"b")]), "ends after its extension headers"),
        ([x(&[("uid", b"-1")]), file("a", b"1")].concat(), "uid has the malformed value \"-1\""),
        (Header::new("a", b'0', 0).with(block::UID, b"12x\0").bytes(), "uid field is no number"),
        (Header::new("a", b'0', 0).with(block::SIZE, &[0xff; 12]).bytes(), "negative"),
        (file("a", &[7; 600])[..1000].to_vec(), "content is truncated"),
        (file("a", &[7; 600])[..300].to_vec(), "header is truncated"),
    ] {
        let detail = detail(&archive);
        assert!(detail.contains(sentence), "{detail:?} does not say {sentence:?}");
        assert!(detail.contains("at offset"), "{detail:?}");
    }
}

#[test]
fn checksums_may_be_sums_of_signed_bytes() {
    let mut bytes = Header::new("caf\u{e9}", b'0', 0).bytes();
    let unsigned = u32::from_str_radix(std::str::from_utf8(&bytes[148..154]).unwrap(), 8).unwrap();
    bytes[148..154].copy_from_slice(format!("{:06o}", unsigned - 2 * 256).as_bytes());
    assert_eq!(&*only(&bytes).0.name, "caf\u{e9}".as_bytes());
}

#[test]
fn the_end_in_all_its_forms() {
    let end = |tail: &[u8]| {
        let trailer = walk(&[&file("a", b"1"), tail].concat()).expect("well-formed").trailer;
        assert_eq!(trailer.offset, 1024);
        let rest = trailer.rest.map(|rest| rest.bytes(u64::MAX).unwrap().unwrap().to_vec());
        (trailer.zero_blocks, trailer.partial, rest)
    };
    assert_eq!(end(b""), (0, 0, None));
    assert_eq!(end(&[0; 100]), (0, 100, None));
    assert_eq!(end(&END), (2, 0, None));
    assert_eq!(end(&[0; 10_240]), (20, 0, None));
    assert_eq!(end(&[0; 1030]), (2, 6, None));
    assert_eq!(end(&[&[0; 512][..], &file("hidden", b"x")].concat()), (1, 0, Some(file("hidden", b"x"))));
    assert_eq!(end(&[&[0; 1030][..], b"junk\0\0"].concat()), (2, 6, Some(b"junk\0\0".to_vec())));
    // Readers accept an archive that ends in the padding of its last entry.
    let cut = &file("a", b"1")[..700];
    assert_eq!(walk(cut).expect("well-formed").trailer.offset, 700);
    assert_eq!(walk(b"").expect("well-formed").entries.len(), 0);
}

#[test]
fn limits_end_in_faults() {
    let limits = Limits { extension_bytes: 1024, layer_entries: 2, layer_bytes: 10_000, ..Limits::default() };
    let reason = |archive: &[u8]| walk_in(archive, usize::MAX, &limits).expect_err("too much").reason;
    let limit = crate::finding::GapReason::Limit;
    assert_eq!(reason(&[file("a", b""), file("b", b""), file("c", b"")].concat()), limit);
    assert_eq!(reason(&[long(b'L', &[b'n'; 2000]), file("b", b"")].concat()), limit);
    assert_eq!(reason(&member(&Header::new("x", b'x', u64::MAX >> 31), b"")), limit);
    assert_eq!(reason(&member(&Header::new("x", b'0', 20_000), b"")), limit);
    let record = |key: &'static str| pax(b'g', &[(key, &[b'v'; 600])]);
    assert_eq!(reason(&[record("one"), record("two"), file("b", b"")].concat()), limit);
}

/// An archive by `tar::Builder`, and what is in it.
fn built(files: &[(String, Vec<u8>, u32, bool)]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content, number, gnu) in files {
        let mut header = if *gnu { ::tar::Header::new_gnu() } else { ::tar::Header::new_ustar() };
        header.set_size(content.len() as u64);
        header.set_uid(u64::from(*number));
        header.set_mtime(u64::from(*number));
        header.set_mode(number & 0o7777);
        if !*gnu {
            let time = format!("{number}.5");
            builder.append_pax_extensions([("mtime", time.as_bytes())]).unwrap();
            let name = name.get(..90).unwrap_or(name).trim_end_matches('/');
            builder.append_data(&mut header, name, &content[..]).unwrap();
        } else {
            builder.append_data(&mut header, name, &content[..]).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

proptest! {
    #[test]
    fn the_tar_crate_sees_the_same(
        files in prop::collection::vec(
            ("[a-z]{1,8}(/[a-z]{1,30}){0,8}", prop::collection::vec(any::<u8>(), 0..2000), 0..0o7_777_777_u32, any::<bool>()),
            0..6,
        ),
    ) {
        let archive = built(&files);
        let walked = walk(&archive).expect("well-formed");
        let mut others = ::tar::Archive::new(&archive[..]);
        let mut count = 0;
        for (other, (entry, content)) in others.entries().unwrap().zip(&walked.entries) {
            let mut other = other.unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut other, &mut bytes).unwrap();
            prop_assert_eq!(&*other.path_bytes(), &*entry.name);
            prop_assert_eq!(&bytes, content);
            prop_assert_eq!(other.header().uid().unwrap(), entry.uid);
            prop_assert_eq!(other.header().mode().unwrap(), entry.mode);
            prop_assert_eq!(other.header().mtime().unwrap(), entry.mtime.seconds.unsigned_abs());
            count += 1;
        }
        prop_assert_eq!(count, files.len());
        prop_assert_eq!(walked.entries.len(), files.len());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000), piece in 1..2000_usize) {
        check_fields(&bytes);
        let _ = walk_in(&bytes, piece, &Limits::default());
    }

    #[test]
    fn damaged_archives_never_panic_and_lose_nothing(
        position in 0..6000_usize,
        bytes in prop::collection::vec(any::<u8>(), 1..40),
        fix in any::<bool>(),
        typeflag in prop::sample::select(&b"0x1gLKS5"[..]),
    ) {
        let mut archive = with_end(&[
            &pax(b'x', &[("path", b"b"), ("GNU.sparse.size", b"3000"), ("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,5")]),
            &file("a", b"hello"),
            &long(b'L', b"name"),
            &old_map(Header::gnu("sp", b'S', 610), 386, &[(1, 610)]).with(block::GNU_REALSIZE, b"00000005670\0").bytes(),
            &[&stored()[..], &[0; 414]].concat(),
        ]);
        let start = position.min(archive.len() - bytes.len());
        archive[start..start + bytes.len()].copy_from_slice(&bytes);
        if fix {
            let at = start / 512 * 512;
            let mut header = Header(archive[at..at + 512].try_into().unwrap());
            header.0[156] = typeflag;
            archive[at..at + 512].copy_from_slice(&header.bytes());
        }
        check_fields(&archive);
        let _ = walk_in(&archive, 512, &Limits { layer_bytes: 1 << 20, ..Limits::default() });
    }
}
