use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::spill::Content;

const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn noted(path: &str, pieces: &[&[u8]]) -> Noted {
    let mut notes = Notes::default();
    notes.begin(path.as_bytes());
    pieces.iter().for_each(|piece| notes.push(piece));
    let mut noted = notes.finish();
    noted.settle();
    noted
}

fn names(record: &str, text: &str, path: &str) -> bool {
    !noted(record, &[text.as_bytes()]).rows(path.as_bytes()).unwrap().is_empty()
}

#[test]
fn every_form_of_a_record_names_its_file() {
    for (record, text, path) in [
        ("srv/SHA256SUMS", format!("{SHA256}  x.gz\n"), "srv/x.gz"),
        ("srv/any name", format!("# of today\n{SHA256} *sub/x y.gz\r\n"), "srv/sub/x y.gz"),
        ("srv/SHA256SUMS", format!("{}  ./x.gz", SHA256.to_uppercase()), "srv/x.gz"),
        ("srv/SHA256SUMS", format!("{MD5}  other\0{SHA256}  x.gz\0{MD5}  third\0"), "srv/x.gz"),
        ("srv/SHA256SUMS", format!("\\{SHA256}  /opt/x.gz\n"), "opt/x.gz"),
        ("srv/sums", format!("SHA256 (x (1).gz) = {SHA256}\n"), "srv/x (1).gz"),
        ("srv/x.gz.sha256", format!("{SHA256}\n"), "srv/x.gz"),
        ("srv/x.gz.md5", MD5.to_owned(), "srv/x.gz"),
        ("srv/sums", format!("x.gz: {SHA256}\n"), "srv/x.gz"),
        ("srv/dists/Release", format!("MD5Sum:\n {MD5}  120 main/x.gz\n"), "srv/dists/main/x.gz"),
        ("var/lib/dpkg/info/a.md5sums", format!("{MD5}  usr/share/doc/a/x.gz\n"), "usr/share/doc/a/x.gz"),
        ("s/a-1.dist-info/RECORD", "a/x.gz,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n".into(), "s/a/x.gz"),
        (
            "s/a-1.dist-info/RECORD",
            "\"a/,\"\".gz\",sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,".into(),
            "s/a/,\".gz",
        ),
        (
            "lib/apk/db/installed",
            "P:a\nF:usr/share\nR:x.gz\na:0:0:644\nZ:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=\n".into(),
            "usr/share/x.gz",
        ),
        ("srv/x.gz.asc", "-----BEGIN PGP SIGNATURE-----\n".into(), "srv/x.gz"),
    ] {
        assert!(names(record, &text, path), "{record} {text}");
        assert!(!names(record, &text, "srv/other.gz"), "{record} {text}");
    }
}

#[test]
fn what_records_nothing_names_nothing() {
    let row = "s/a-1.dist-info/RECORD";
    assert!(!names(row, "a/x.pyc,,\n", "s/a/x.pyc"));
    assert!(!names("srv/list", "0123 x.gz\n", "srv/x.gz"));
    assert!(!names("srv/list", &format!("0{SHA256}  x.gz\n"), "srv/x.gz"));
    assert!(noted("srv/list", &[b"no digest\n"]).is_empty());
    let list = "var/lib/apt/lists/deb_debian_dists_bookworm_main_binary-amd64_Packages";
    assert!(names("srv/x.yml", &format!("SHA256: {SHA256}\n"), "srv/SHA256"));
    assert!(!names(list, &format!("SHA256: {SHA256}\n"), "SHA256"));
    assert!(names(list, &format!(" {SHA256} 120 main/x.gz\n"), "main/x.gz"));
}

#[test]
fn digests_count_wherever_they_are() {
    let empty = name_hash(&Sha256::digest(b""));
    assert!(noted("p.json", &[format!("{{\"sha256\":\"{SHA256}\"}}").as_bytes()]).holds(empty));
    assert!(noted(&format!("by-hash/SHA256/{SHA256}"), &[b"x"]).holds(empty));
    assert!(!noted("x", &[b"x"]).holds(empty));
    for text in [
        "\"integrity\": \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"",
        "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
        "/opt/x.gz f 0 0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0",
        "pin-sha256 sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    ] {
        assert!(noted("package-lock.json", &[text.as_bytes()]).holds(empty), "{text}");
    }
    for text in ["sha256-47DEQpj8HBSa", "sha512-7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha", "sha256"] {
        assert!(!noted("package-lock.json", &[text.as_bytes()]).holds(empty), "{text}");
    }
    assert!(is_named_by_content(b"dists/by-hash/MD5Sum/x"));
    assert!(is_named_by_content(format!("blobs/sha256/{SHA256}").as_bytes()));
    assert!(!is_named_by_content(format!("var/cache/fontconfig/{MD5}-le64.cache-7").as_bytes()));
    assert!(!is_named_by_content(MD5.as_bytes()));
}

#[test]
fn digests_of_every_length_count() {
    for text in [
        "https://example.com/x.whl#md5=d41d8cd98f00b204e9800998ecf8427e\"",
        "x --hash=sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        "integrity=\"sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb\"",
        "#sha224=d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "100644 blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\tx",
    ] {
        let sums = Sums::of(&Content::from_bytes(b"")).unwrap();
        let noted = noted("srv/list.html", &[text.as_bytes()]);
        assert!(sums.hashes().any(|hash| noted.holds(hash)), "{text}");
    }
}

#[test]
fn records_are_read_in_compressed_files_too() {
    let text = format!("{SHA256}  x.gz\n").repeat(1000);
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    for cut in [7, packed.len() / 2] {
        let noted = noted("srv/SHA256SUMS.zst", &[&packed[..cut], &packed[cut..]]);
        assert!(noted.holds(name_hash(&Sha256::digest(b""))), "{cut}");
        assert!(!noted.rows(b"srv/x.gz").unwrap().is_empty(), "{cut}");
    }
    for start in [&b"BZh\n"[..], b"\x1f\x8b\x08\n", b"\xfd7zXZ\0\n", &packed] {
        let noted = noted("srv/sums", &[&[start, b"\n", &text.as_bytes()[..200]].concat()]);
        assert!(!noted.rows(b"srv/x.gz").unwrap().is_empty(), "{:x?}", &start[..3]);
    }
    let noted = noted("srv/cut.zst", &[&packed[..packed.len() - 4], &[0xff; 99]]);
    assert!(!noted.too_many);
}

#[test]
fn too_many_may_be_anything() {
    let mut noted = Noted { too_many: true, ..Noted::default() };
    noted.settle();
    assert!(noted.holds(1) && noted.rows(b"x").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_do_not_matter(
        before in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'a'), Just(b' '), any::<u8>()], 0..5000),
        after in "[a-z \n]{0,300}",
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = [&before[..], b"\n", SHA256.as_bytes(), b"  x.gz\n", after.as_bytes()].concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len())).collect();
        cuts.push(text.len());
        cuts.sort_unstable();
        let mut start = 0;
        let pieces: Vec<&[u8]> = cuts.iter().map(|cut| &text[std::mem::replace(&mut start, *cut)..*cut]).collect();
        let noted = noted("srv/sums", &pieces);
        prop_assert!(noted.holds(name_hash(&Sha256::digest(b""))));
        prop_assert!(!noted.rows(b"srv/x.gz").unwrap().is_empty());
    }

    #[test]
    fn nothing_panics(pieces in prop::collection::vec(any::<Vec<u8>>(), 0..4), path in "[a-z/.]{0,9}") {
        for path in [&path[..], "x.dist-info/RECORD", "lib/apk/db/installed", "x.asc"] {
            noted(path, &pieces.iter().map(|piece| &piece[..]).collect::<Vec<_>>());
        }
    }
}
