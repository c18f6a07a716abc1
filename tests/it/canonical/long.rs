//! An archive that is too long to be held is looked into all the same: each member is claimed for itself, and what is not
//! claimed is found where it is.

use std::fs;
use std::path::Path;
use std::process::Command;

use reprove::explain::{Claim, Explained, Explanation};
use reprove::finding::{Aspect, Sides};
use reprove::limits::Limits;
use serde_json::{Value, json};

use super::{compare, of_layouts};
use crate::fixture;

/// Members, each of so many bytes: 68 MiB, more than is held of one file.
const MEMBERS: usize = 34;
const SIZE: usize = 2 << 20;

/// An archive of members that are stored in a minute of the day, one of them with one byte changed.
fn jar(minutes: u16, changed: Option<usize>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for number in 0..MEMBERS {
        let mut data = format!("this is class {number:4}.\n").into_bytes().repeat(SIZE / 20);
        data.resize(SIZE, b'.');
        if changed == Some(number) {
            data[SIZE / 2] ^= 1;
        }
        let mut crc = flate2::Crc::new();
        crc.update(&data);
        let name = format!("org/Class{number:04}.class");
        let time = ((minutes << 5) | (number as u16 % 30)).to_le_bytes();
        let sizes = [crc.sum(), SIZE as u32, SIZE as u32].map(u32::to_le_bytes).concat();
        let fields = [&[20, 0, 0, 0, 0, 0], &time[..], &0x5965_u16.to_le_bytes(), &sizes].concat();
        let (length, offset) = ((name.len() as u16).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
        directory.extend([b"PK\x01\x02\x14\x03", &fields[..], &length, &[0; 12], &offset, name.as_bytes()].concat());
        bytes.extend([b"PK\x03\x04", &fields[..], &length, &[0; 2], name.as_bytes(), &data].concat());
    }
    let count = (MEMBERS as u16).to_le_bytes();
    let places = [directory.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
    bytes.extend([&directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &places, &[0; 2]].concat());
    bytes
}

/// What differs between two images of one layer with a jar, which another program gets the digests of too.
fn compared(jars: Sides<Vec<u8>>) -> Explanation {
    let folder = tempfile::tempdir().unwrap();
    assert!(jars.original.len() as u64 > Limits::default().decoded_content_bytes);
    let image = |name: &str, jar: &[u8]| -> Value {
        fs::write(folder.path().join(name), jar).unwrap();
        json!({ "layers": [{ "compression": "none", "entries": [{ "path": "opt/app.jar", "from": name }] }] })
    };
    let pair =
        json!({ "original": image("one.jar", &jars.original), "rebuild": image("two.jar", &jars.rebuild) }).to_string();
    drop(jars);
    let pair = fixture::build_text(&pair, folder.path(), folder.path()).unwrap().references;
    let layouts = pair.as_ref().map(|reference| super::layout(reference).unwrap().to_owned());
    let job = of_layouts(layouts.as_ref(), &folder.path().join("report.json")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/canonical-digest");
    let output = Command::new("python3").arg(script).args(job).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && out.matches("sha256:").count() == 2, "{out}{output:?}");
    compare(pair.as_ref().map(String::as_str))
}

fn is_claimed(explained: &Explained, cause: &str) -> bool {
    explained.claim == Claim::Proven && explained.cause.is_some_and(|known| known.id == cause)
}

fn in_jar(explanation: &Explanation) -> impl Iterator<Item = Explained> {
    let found = explanation.platforms[0].findings.iter();
    found.filter(|explained| explained.finding.location.path_bytes() == b"opt/app.jar")
}

#[test]
fn each_member_of_a_long_archive_is_claimed() {
    let explanation = compared(Sides::new(jar(650, None), jar(651, None)));
    assert!(in_jar(&explanation).all(|explained| is_claimed(&explained, "zip-dos-mtime")));
    // Its header, and the one in the directory; of each time one byte differs.
    assert_eq!(in_jar(&explanation).count(), 2 * MEMBERS);
    let measured = in_jar(&explanation).map(|explained| explained.finding.location.measured.unwrap());
    assert_eq!(measured.sum::<u64>(), 2 * MEMBERS as u64);
    assert!(explanation.platforms[0].gaps.is_empty());
    assert!(explanation.platforms[0].canonical_digest.as_ref().unwrap().same());
}

#[test]
fn one_byte_of_one_member_of_a_long_archive_is_unexplained_and_only_it() {
    let explanation = compared(Sides::new(jar(650, None), jar(651, Some(7))));
    let open: Vec<_> = in_jar(&explanation).filter(|explained| explained.claim == Claim::Unexplained).collect();
    let [changed] = &open[..] else { panic!("{} findings", open.len()) };
    let location = &changed.finding.location;
    assert_eq!(location.inside, [b"org/Class0007.class".as_slice().into()]);
    let place = Some((SIZE as u64 / 2, SIZE as u64 / 2 + 1));
    assert_eq!(
        (changed.finding.aspect, location.range, changed.finding.bytes),
        (Aspect::Content, Sides::new(place, place), 1)
    );
    assert_eq!(in_jar(&explanation).filter(|explained| is_claimed(explained, "zip-dos-mtime")).count(), 2 * MEMBERS);
    assert!(!explanation.platforms[0].canonical_digest.as_ref().unwrap().same());
}
