use super::*;

/// Data at 1000 and at the end, in a file of 3000 bytes.
fn expanded() -> Vec<u8> {
    let mut content = vec![0; 3000];
    content[1000..1600].fill(b'a');
    content[2990..].fill(b'b');
    content
}

pub(super) fn stored() -> Vec<u8> {
    [vec![b'a'; 600], vec![b'b'; 10]].concat()
}

fn check_sparse(archive: &[u8], name: &str) -> Entry {
    let (entry, content) = only(&with_end(&[archive]));
    assert!(content == expanded(), "holes are zeros");
    assert_eq!((entry.size, entry.sparse.as_deref()), (3000, Some(&[(1000, 600), (2990, 10), (3000, 0)][..])));
    assert_eq!(&*entry.path, name.as_bytes());
    entry
}

#[test]
fn sparse_files_of_all_versions_are_expanded() {
    let real: (&str, &[u8]) = ("GNU.sparse.realsize", b"3000");
    let name: (&str, &[u8]) = ("GNU.sparse.name", b"sp");
    let count: (&str, &[u8]) = ("GNU.sparse.numblocks", b"3");
    let size: (&str, &[u8]) = ("GNU.sparse.size", b"3000");
    let mut repeated = vec![size, count];
    for (offset, length) in [(&b"1000"[..], &b"600"[..]), (b"2990", b"10"), (b"3000", b"0")] {
        repeated.extend([("GNU.sparse.offset", offset), ("GNU.sparse.numbytes", length)]);
    }
    check_sparse(&[pax(b'x', &repeated), file("sp", &stored())].concat(), "sp");
    let map: (&str, &[u8]) = ("GNU.sparse.map", b"1000,600,2990,10,3000,0");
    check_sparse(&[pax(b'x', &[size, count, name, map]), file("GNUSparseFile.1/sp", &stored())].concat(), "sp");
    let mut leading = b"3\n1000\n600\n2990\n10\n3000\n0\n".to_vec();
    leading.resize(512, 0);
    let version: [(&str, &[u8]); 2] = [("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0")];
    let header = pax(b'x', &[version[0], version[1], name, real]);
    let entry = check_sparse(&[header, file("x", &[leading, stored()].concat())].concat(), "sp");
    assert_eq!(check_fields(&entry.raw).last().map(|field| field.name.clone()), Some("pax.sparse".into()));
}

/// Segments in GNU's old form, from `start` on.
pub(super) fn old_map(mut header: Header, start: usize, segments: &[(u64, u64)]) -> Header {
    for (index, (offset, length)) in segments.iter().enumerate() {
        let at = start + 24 * index;
        header = header.with(at..at + 12, format!("{offset:011o}\0").as_bytes());
        header = header.with(at + 12..at + 24, format!("{length:011o}\0").as_bytes());
    }
    header
}

#[test]
fn old_gnu_sparse_files_are_expanded() {
    let header = Header::gnu("sp", b'S', 610).with(block::GNU_REALSIZE, b"00000005670\0");
    let short = old_map(header.clone(), 386, &[(1000, 600), (2990, 10), (3000, 0)]);
    check_sparse(&member(&short, &stored()), "sp");
    let split = old_map(header, 386, &[(1000, 600)]).with(482..483, b"\x01");
    let extension = old_map(Header([0; 512]), 0, &[(2990, 10), (3000, 0)]).0;
    let entry = check_sparse(&[&split.bytes()[..], &extension, &stored(), &[0; 414]].concat(), "sp");
    assert_eq!(check_fields(&entry.raw).last().map(|field| field.name.clone()), Some("gnu.sparse".into()));
}

#[test]
fn sparse_maps_that_lie_are_refused() {
    let map = |map: &[u8], count: &[u8]| {
        let records: [(&str, &[u8]); 3] =
            [("GNU.sparse.size", b"3000"), ("GNU.sparse.numblocks", count), ("GNU.sparse.map", map)];
        detail(&[pax(b'x', &records), file("sp", &stored())].concat())
    };
    assert!(map(b"1000,600,2990,10", b"3").contains("number of segments"));
    assert!(map(b"1000,600,1500,10", b"2").contains("not in order"));
    assert!(map(b"1000,600,2995,10", b"2").contains("not in order"));
    assert!(map(b"1000,600,9223372036854775807,10", b"2").contains("not in order"));
    assert!(map(b"1000,600", b"1").contains("600 bytes of data, its content 610"));
    assert!(map(b"1000,600,2990", b"1").contains("number of segments"));
    assert!(map(b"1000,600,x,10", b"2").contains("malformed"));
}
