use super::*;

#[test]
fn entries_that_readers_see_differently_are_contested() {
    let entry = |records: &[(&str, &[u8])], size| {
        let header = Header::new("a", b'0', size);
        only(&with_end(&[&pax(b'x', records), &member(&header, b"hello")])).0
    };
    let star: (&str, &[u8]) = ("SCHILY.xattr.user.a", b"a");
    for records in [
        &[("path", &b"one"[..]), ("path", b"two")][..],
        &[("comment", b"one"), ("comment", b"one")],
        &[("GNU.sparse.name", b"etc/passwd")],
        &[("GNU.sparse.size", b"5"), ("GNU.sparse.numblocks", b"0")],
        &[star, ("LIBARCHIVE.xattr.user.a", b"Yg")],
        &[star, ("LIBARCHIVE.xattr.user.%61", b"Yg")],
        &[("LIBARCHIVE.xattr.user.%6", b"Yg")],
        &[("SCHILY.realsize", b"5")],
    ] {
        assert!(entry(records, 5).contested, "{records:?}");
    }
    for size in [600, 0] {
        assert!(entry(&[("size", b"5")], size).contested, "{size}");
    }
    for records in [
        &[("path", &b"one"[..]), ("mtime", b"1.5"), ("vendor.key", b"x")][..],
        &[star, ("LIBARCHIVE.xattr.user.a", b"YQ")],
        &[("LIBARCHIVE.xattr.user.a", b"YQ")],
        &[("size", b"5")],
    ] {
        assert!(!entry(records, 5).contested, "{records:?}");
    }
    let unversioned = entry(&[("GNU.sparse.size", b"8"), ("GNU.sparse.numblocks", b"0"), ("GNU.sparse.name", b"n")], 5);
    assert_eq!((&*unversioned.path, unversioned.size, unversioned.sparse), (&b"a"[..], 5, None));
    let old_go = Header::gnu("file", b'0', 0).with(block::PREFIX, b"dir");
    assert!(only(&old_go.bytes()).0.contested && !only(&Header::gnu("file", b'0', 0).bytes()).0.contested);
}
