use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::*;

/// Zeros in one compressed member or frame.
const ZEROS: usize = 16 << 20;

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_at(bytes, 9)
}

pub(super) fn gzip_at(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One tar entry of `count` times 16 MiB of zeros, compressed.
fn bomb(pack: impl Fn(&[u8]) -> Vec<u8>, count: usize) -> Vec<u8> {
    let header = tarball::header("opt/zeros", b'0', (count * ZEROS) as u64, |_| {});
    [pack(&header), pack(&vec![0; ZEROS]).repeat(count), pack(&end())].concat()
}

#[test]
fn a_layer_that_expands_too_much_ends_by_the_limit() {
    // 16 GiB each, from 16 MiB and from much less.
    let said = Stage::new().layer(Layer::packed(bomb(gzip, 1024)));
    assert!(said.contains("--limit expansion-bytes") && said.contains("sha256:"), "{said}");
    let stage = Stage::new();
    let hostile = stage.image("hostile", &[Layer::packed(bomb(zstd, 1024))]);
    let said = stage.inconclusive(&stage.against_sound(&hostile, &["--limit", "expansion-bytes=64MiB"]));
    assert!(said.contains("--limit expansion-ratio"), "{said}");
}

#[test]
fn a_layer_that_expands_a_lot_is_read_where_it_is_allowed() {
    let stage = Stage::new();
    let archive = [tarball::header("opt/zeros", b'0', ZEROS as u64, |_| {}), vec![0; ZEROS], end()].concat();
    let layer = Layer { diff_id: Digest::of(&archive).to_string(), ..Layer::packed(gzip(&archive)) };
    let hostile = stage.image("hostile", &[layer]);
    let limits = ["--limit", "expansion-bytes=1MiB", "--limit"];
    let refused = stage.against_sound(&hostile, &[&limits[..], &["expansion-ratio=200"]].concat());
    assert!(stage.inconclusive(&refused).contains("--limit expansion-ratio"));
    let read = stage.against_sound(&hostile, &[&limits[..], &["expansion-ratio=2000"]].concat());
    assert_eq!(read.code, Some(1), "{}{}", read.out, read.err);
}

#[test]
fn an_archive_that_expands_too_much_is_refused() {
    for pack in [gzip, zstd] {
        let stage = Stage::new();
        let path = stage.0.path("layouts");
        fs::create_dir(&path).unwrap();
        let path = path.join("image.tar");
        fs::write(&path, bomb(pack, 1024)).unwrap();
        for transport in ["oci-archive", "docker-archive"] {
            let hostile = format!("{transport}:{}", path.display());
            let run = stage.against_sound(&hostile, &["--limit", "expansion-bytes=64MiB"]);
            assert!(stage.inconclusive(&run).contains("--limit archive-bytes and expansion-ratio"), "{}", run.err);
        }
    }
}

#[test]
fn windows_of_zstd_are_bounded() {
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let empty = [1, 0, 0];
    // A window of 2^31, the largest there is, and a content of 2^40 in a single segment.
    let windows: [&[u8]; 3] = [&[0, 168], &[0, 0xff], &[0b1110_0000, 0, 0, 0, 0, 0, 1, 0, 0]];
    for window in windows {
        let said = Stage::new().layer(Layer::packed([&magic[..], window, &empty].concat()));
        assert!(said.contains("--limit zstd-window-log") && said.contains("offset 0"), "{window:?}: {said}");
    }
}

#[test]
fn members_without_number_are_bounded() {
    let said = Stage::new().layer(Layer::packed(gzip(b"").repeat(200_000)));
    assert!(said.contains("--limit compression-members"), "{said}");
    let said = Stage::new().layer(Layer::packed(zstd(b"").repeat(200_000)));
    assert!(said.contains("--limit compression-members"), "{said}");
}

#[test]
fn holes_are_bounded() {
    let archive = [tarball::sparse(8 << 30, &[(0, 1)], b"x"), vec![0; 511], end()].concat();
    let said = Stage::new().layer(Layer::plain(&archive));
    assert!(said.contains("--limit hole-bytes"), "{said}");
}

/// Two images of these files: each must be reported as different.
fn files_differ(original: &[(&str, Vec<u8>)], rebuild: &[(&str, Vec<u8>)]) {
    let stage = Stage::new();
    let image = |name: &str, files: &[(&str, Vec<u8>)]| {
        let archive: Vec<u8> = files.iter().flat_map(|(name, content)| file(name, content)).chain(end()).collect();
        stage.image(name, &[Layer::plain(&archive)])
    };
    let pair = Sides::new(image("one", original), image("two", rebuild));
    let run = stage.0.diff(&pair, &[]);
    stage.assert_orderly(&run);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    for (name, _) in original {
        assert!(run.out.contains(name), "{name} is not reported");
    }
}

#[test]
fn bombs_in_files_are_compared_as_bytes() {
    // Above the limit for one nested member, which is 256 MiB.
    let zeros = |pack: fn(&[u8]) -> Vec<u8>, name: &[u8]| [pack(name), pack(&vec![0; ZEROS]).repeat(17)].concat();
    let files = |text: &[u8]| {
        [("opt/a.gz", zeros(gzip, text)), ("opt/b.zst", zeros(zstd, text)), ("opt/c.xz", zeros(xz, text))]
    };
    files_differ(&files(b"one"), &files(b"two"));
}

#[test]
fn files_in_files_in_files_are_looked_into_up_to_a_depth() {
    let nested = |text: &[u8]| (0..50).fold(text.to_vec(), |inner, _| gzip(&inner));
    files_differ(&[("opt/a.gz", nested(b"one"))], &[("opt/a.gz", nested(b"two"))]);
}
