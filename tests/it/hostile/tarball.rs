use super::*;

/// A header block with the right checksum, after `change` had its way with it.
pub(super) fn header(name: &str, kind: u8, size: u64, change: impl FnOnce(&mut [u8; 512])) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    for (at, text) in [(100, "0000644\0"), (108, "0000000\0"), (116, "0000000\0"), (136, "00000000000\0")] {
        block[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    match size {
        0o0..=0o77_777_777_777 => block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes()),
        _ => {
            block[124] = 0x80;
            block[128..136].copy_from_slice(&size.to_be_bytes());
        }
    }
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    change(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.to_vec()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(512), 0);
    padded
}

/// A file.
pub(super) fn file(name: &str, content: &[u8]) -> Vec<u8> {
    [header(name, b'0', content.len() as u64, |_| {}), padded(content)].concat()
}

/// The two blocks at the end.
pub(super) fn end() -> Vec<u8> {
    vec![0; 1024]
}

/// An extension header of these bytes.
fn extension(kind: u8, data: &[u8]) -> Vec<u8> {
    let name = if kind == b'g' { "pax_global_header" } else { "PaxHeaders.0/x" };
    [header(name, kind, data.len() as u64, |_| {}), padded(data)].concat()
}

/// A PAX record that tells its own length.
pub(super) fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (1..10).map(|digits| rest + digits).find(|length| length.to_string().len() + rest == *length).unwrap();
    format!("{length} {key}={value}\n").into_bytes()
}

/// A sparse file by the map of PAX version 1.0, with this size and these segments, and this data.
pub(super) fn sparse(size: u64, segments: &[(u64, u64)], data: &[u8]) -> Vec<u8> {
    let mut map = format!("{}\n", segments.len());
    map.extend(segments.iter().map(|(offset, length)| format!("{offset}\n{length}\n")));
    let records = [
        record("GNU.sparse.major", "1"),
        record("GNU.sparse.minor", "0"),
        record("GNU.sparse.name", "opt/sparse"),
        record("GNU.sparse.realsize", &size.to_string()),
    ];
    let content = [padded(map.as_bytes()), data.to_vec()].concat();
    [extension(b'x', &records.concat()), file("opt/sparse", &content)].concat()
}

/// What is said of a layer of these bytes and an end.
fn said(archive: &[u8]) -> String {
    Stage::new().layer(Layer::plain(&[archive, &end()].concat()))
}

#[test]
fn headers_that_lie_are_named() {
    let field = |at: usize, bytes: &'static [u8]| {
        header("opt/file", b'0', 0, move |block| block[at..at + bytes.len()].copy_from_slice(bytes))
    };
    let mut wrong_checksum = header("opt/file", b'0', 0, |_| {});
    wrong_checksum[0] ^= 1;
    let cases: [(&str, Vec<u8>); 8] = [
        ("a size beyond the end", header("opt/file", b'0', 1 << 20, |_| {})),
        ("the greatest octal size", header("opt/file", b'0', (1 << 33) - 1, |_| {})),
        ("a size of 2^63 in base 256", field(124, &[0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0])),
        ("a size of 2^95 - 1", field(124, &[0xff; 12])),
        ("a negative size", field(124, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0])),
        ("a size that is no number", field(124, b"0000000zz00\0")),
        ("a wrong checksum", wrong_checksum),
        ("a block of noise", vec![0xa5; 512]),
    ];
    for (what, archive) in cases {
        let said = said(&archive);
        assert!(said.contains("sha256:") && said.contains("offset 0"), "{what}: {said}");
    }
}

#[test]
fn negative_numbers_in_base_256_are_numbers() {
    let stage = Stage::new();
    let archive = |mtime: u8| {
        let header = header("opt/file", b'0', 0, |block| {
            block[136..148].fill(0xff);
            block[147] = mtime;
        });
        Layer::plain(&[header, end()].concat())
    };
    let pair = Sides::new(stage.image("one", &[archive(0xfe)]), stage.image("two", &[archive(0x01)]));
    let run = stage.0.diff(&pair, &[]);
    // Some runtimes set them to 1970, others do not.
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    let mtime = |finding: &&Value| finding["aspect"] == "mtime";
    let report = run.report();
    let found = report["platforms"][0]["findings"].as_array().unwrap().iter().find(mtime).unwrap().clone();
    assert!(found["original"].to_string().contains("-2") && found["rebuild"].to_string().contains("-255"), "{found}");
}

#[test]
fn pax_records_that_lie_are_named() {
    let huge = "9".repeat(40);
    let long = "x".repeat(3 << 20);
    let cases: [(&str, Vec<u8>); 10] = [
        ("a length beyond the record", b"99 path=x\n".to_vec()),
        ("a length of 0", b"0 path=x\n".to_vec()),
        ("no length", b"path=x\n".to_vec()),
        ("a length that overflows", format!("{huge} path=x\n").into_bytes()),
        ("a negative length", b"-9 path=x\n".to_vec()),
        ("no value", b"8 path\n\n".to_vec()),
        ("a size that overflows", record("size", &huge)),
        ("a size beyond the end", record("size", "18446744073709551615")),
        ("a negative size", record("size", "-1")),
        ("a path of three megabytes", record("path", &long)),
    ];
    for (what, records) in cases {
        let said = said(&[extension(b'x', &records), file("opt/file", b"x")].concat());
        assert!(said.contains("sha256:") && said.contains("offset 0"), "{what}: {said}");
    }
    // A time that is none is the text that it is, not a reason to give up, or else it is named.
    for text in [huge.as_str(), "-1", "1.2.3", "now", ""] {
        let stage = Stage::new();
        let archive = [extension(b'x', &record("mtime", text)), file("opt/file", b"sound\n"), end()].concat();
        let run = stage.against_sound(&stage.image("hostile", &[Layer::plain(&archive)]), &[]);
        assert_ne!(run.report()["verdict"], "identical", "{text}");
    }
}

#[test]
fn a_size_that_pax_and_header_do_not_agree_on_hides_nothing() {
    // By the header the inner bytes are content; by the record they are an entry.
    let inner = file("opt/hidden", b"payload\n");
    let archive = [extension(b'x', &record("size", "0")), file("opt/file", &inner), end()].concat();
    let stage = Stage::new();
    let run = stage.against_sound(&stage.image("hostile", &[Layer::plain(&archive)]), &[]);
    assert!(run.code == Some(2) || run.out.contains("opt/hidden"), "{}", run.out);
}

#[test]
fn global_headers_cannot_set_what_is_of_one_entry() {
    let said = said(&[extension(b'g', &record("size", "0")), file("opt/file", b"x")].concat());
    assert!(said.contains("global `size`"), "{said}");
}

#[test]
fn names_may_be_anything_but_lead_nowhere() {
    let names = ["../../etc/passwd", "/etc/passwd", "opt/../../x", ".", "..", "//", "opt/a\nb", "opt/\u{202e}gpj"];
    for name in names {
        let stage = Stage::new();
        let archive = [file(name, b"hostile\n"), end()].concat();
        let hostile = stage.image("hostile", &[Layer::plain(&archive)]);
        let folder = stage.0.path("extracted");
        let sound = stage.sound();
        let run = stage.0.run(&["diff", &hostile, &sound, "--extract", folder.to_str().unwrap()]);
        assert!(matches!(run.code, Some(1 | 2)), "{name:?}: {}{}", run.out, run.err);
        let mut outside = Vec::new();
        crate::home::below(&stage.0.path(""), &mut outside);
        outside.retain(|path| !path.starts_with(&folder) && !path.starts_with(stage.0.path("layouts")));
        assert!(outside.is_empty(), "{name:?}: {outside:?}");
    }
}

#[test]
fn sparse_maps_that_lie_are_named() {
    let data = [7; 1024];
    type Map = &'static [(u64, u64)];
    let cases: [(&str, u64, Map); 7] = [
        ("segments that overlap", 4096, &[(0, 512), (256, 512)]),
        ("segments in descending order", 4096, &[(1024, 512), (0, 512)]),
        ("a segment beyond the end", 1024, &[(512, 1024)]),
        ("an offset that overflows", u64::MAX, &[(u64::MAX, 1024)]),
        ("more data than there is", 1 << 20, &[(0, 4096)]),
        ("less data than there is", 4096, &[(0, 512)]),
        ("a hole of 8 EiB", 1 << 63, &[(0, 1024)]),
    ];
    for (what, size, segments) in cases {
        let said = said(&sparse(size, segments, &data));
        assert!(said.contains("sha256:") && said.contains("offset 0"), "{what}: {said}");
    }
    let many: Vec<(u64, u64)> = (0..400_000).map(|at| (at, 0)).collect();
    assert!(said(&sparse(1 << 20, &many, &[])).contains("--limit extension-bytes"));
}
