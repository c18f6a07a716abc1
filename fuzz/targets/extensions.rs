//! Extension headers: PAX records of an entry and of all, GNU long names, sparse maps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::input::Input;
use reprove_fuzz::tar::{member, scan};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let typeflag = [b'x', b'x', b'x', b'g', b'L', b'K'][input.below(6)];
    let of = [b'0', b'0', b'1', b'2', b'5', b'S'][input.below(6)];
    let content = vec![b'1'; input.below(1200)];
    let mut archive = match typeflag {
        b'x' | b'g' => member(b"./PaxHeaders.0/file", typeflag, &records(&mut input)),
        _ => member(b"././@LongLink", typeflag, input.0),
    };
    archive.extend(member(b"file", of, if of == b'0' { &content } else { &[] }));
    archive.resize(archive.len() + 1024, 0);
    scan(&archive, 512);
});

/// Records with the right lengths, or bytes as they are.
fn records(input: &mut Input<'_>) -> Vec<u8> {
    const KEYS: [&str; 20] = [
        "path",
        "linkpath",
        "size",
        "uid",
        "gid",
        "mtime",
        "atime",
        "ctime",
        "uname",
        "gname",
        "hdrcharset",
        "SCHILY.xattr.security.capability",
        "SCHILY.acl.access",
        "LIBARCHIVE.xattr.user.a",
        "GNU.sparse.map",
        "GNU.sparse.major",
        "GNU.sparse.minor",
        "GNU.sparse.realsize",
        "GNU.sparse.offset",
        "GNU.sparse.numbytes",
    ];
    if input.byte() & 1 == 0 {
        return input.0.to_vec();
    }
    let mut all = Vec::new();
    while !input.is_empty() {
        let key = KEYS.get(input.below(24)).copied().unwrap_or("x").as_bytes();
        let value = input.piece();
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while length != rest + length.to_string().len() {
            length = rest + length.to_string().len();
        }
        all.extend([length.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat());
    }
    all
}
