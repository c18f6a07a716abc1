//! Compiled Python modules: the header's fields, and the marshalled code.
//!
//! The header has three layouts, told apart by the magic number (CPython, `Lib/importlib/_bootstrap_external.py`): magic
//! and time; with the source's size since 3.3; with flags since 3.7, where flags 1 and 3 mean that a hash of the source
//! takes the place of time and size (PEP 552).

use super::File;
use super::node::{Node, Part, range};
use super::stamp::Stamp;
use crate::finding::{Aspect, Role, Value};

/// The layout of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Before 3.3: 8 bytes.
    Time,
    /// 3.3 to 3.6: 12 bytes.
    TimeAndSize,
    /// Since 3.7: 16 bytes.
    Flags,
}

/// The layout that goes with a magic number; `None` for numbers that no release has used.
const fn layout(magic: u16) -> Option<Layout> {
    Some(match magic {
        62011..=62299 | 3000..=3209 => Layout::Time,
        3210..=3391 => Layout::TimeAndSize,
        3392..=3999 => Layout::Flags,
        _ => return None,
    })
}

/// Takes a compiled module apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !file.path.ends_with(b".pyc") {
        return None;
    }
    let [low, high, b'\r', b'\n', ..] = *file.bytes else { return None };
    let mut parts = vec![number(file, "magic", 0, 2)?];
    if let Some(magic) = parts.first_mut() {
        magic.range.1 = 4;
    }
    let code = match layout(u16::from_le_bytes([low, high]))? {
        Layout::Time => time(file, &mut parts, 4, false)?,
        Layout::TimeAndSize => time(file, &mut parts, 4, true)?,
        Layout::Flags => {
            parts.push(number(file, "flags", 4, 4)?);
            match file.bytes.get(4..8)? {
                [0, 0, 0, 0] => time(file, &mut parts, 8, true)?,
                [1 | 3, 0, 0, 0] => {
                    file.bytes.get(8..16)?;
                    parts.push(Part::new("hash", Role::Header, (8, 16)));
                    16
                }
                _ => return None,
            }
        }
    };
    // The code object's type byte, with or without FLAG_REF (CPython, Python/marshal.c).
    if file.bytes.get(code)? & 0x7f != b'c' {
        return None;
    }
    parts.push(Part::new("code", Role::Payload, range(code, file.bytes.len())));
    Some(Node::of_fields("pyc", parts))
}

/// The source's path, and its time and size as the header has them; `None` where it has a hash in their place, which no time
/// makes valid: CPython looks at the lowest of the flags for that. Other interpreters (PyPy, GraalPy) have magic numbers of
/// their own, and the layouts of the CPython whose language they speak.
pub(super) fn recorded(path: &[u8], bytes: &[u8]) -> Option<(Vec<u8>, Stamp)> {
    let source = source(path)?;
    let [low, high, b'\r', b'\n', ..] = *bytes else { return None };
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let unknown = || if number(4) == Some(0) { Layout::Flags } else { Layout::TimeAndSize };
    let stamp = match layout(u16::from_le_bytes([low, high])).unwrap_or_else(unknown) {
        Layout::Time => Stamp { seconds: number(4)?, rest: None },
        Layout::TimeAndSize => Stamp { seconds: number(4)?, rest: Some(number(8)?) },
        Layout::Flags if number(4)? & 1 == 0 => Stamp { seconds: number(8)?, rest: Some(number(12)?) },
        Layout::Flags => return None,
    };
    Some((source, stamp))
}

/// `dir/name.py` of `dir/__pycache__/name.cpython-312.opt-1.pyc` or of `dir/name.pyc` (PEP 3147), or of `dir/name.pyo`, as
/// optimized modules were called before PEP 488.
pub(super) fn source(path: &[u8]) -> Option<Vec<u8>> {
    let (directory, name) = match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (path.get(..=slash)?, path.get(slash + 1..)?),
        None => (&b""[..], path),
    };
    let stem = name.strip_suffix(b".pyc").or_else(|| name.strip_suffix(b".pyo"))?;
    let (directory, stem) = match directory.strip_suffix(b"__pycache__/") {
        Some(parent) => (parent, without_tag(without_level(stem))?),
        None => (directory, stem),
    };
    (!stem.is_empty()).then(|| [directory, stem, b".py"].concat())
}

/// Without the tag, which begins with the name of an implementation and may have dots: pytest's is `cpython-311-pytest-8.3.4`.
/// Another tag has none.
fn without_tag(stem: &[u8]) -> Option<&[u8]> {
    let tags: [&[u8]; 4] = [b".cpython-", b".pypy", b".graalpy", b".pyston"];
    let dots = |dot: &usize| stem.get(*dot..).is_some_and(|end| tags.iter().any(|tag| end.starts_with(tag)));
    let tag = (0..stem.len()).rev().find(dots).or_else(|| stem.iter().rposition(|byte| *byte == b'.'))?;
    stem.get(..tag)
}

/// What else the module of `x.py` may be of: Hy puts sources of its own in front of Python's (`hy.importer`), and Python on
/// Windows has `x.pyw`.
pub(super) fn in_other_languages(source: &[u8]) -> Vec<Vec<u8>> {
    let stem = source.strip_suffix(b".py").unwrap_or(source);
    OTHER_LANGUAGES.iter().map(|ending| [stem, ending].concat()).collect()
}

/// `x.py` of such a source.
pub(super) fn in_python(source: &[u8]) -> Option<Vec<u8>> {
    let stem = OTHER_LANGUAGES.iter().find_map(|ending| source.strip_suffix(*ending))?;
    Some([stem, b".py"].concat())
}

/// `x.py` of `x` and `x.txt` (CPython, `cache_from_source`: what is behind the last dot does not matter).
pub(super) fn of_any_ending(path: &[u8]) -> Vec<u8> {
    let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let dot = path.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > name);
    let stem = path.get(..dot.unwrap_or(path.len())).unwrap_or_default();
    [stem, b".py"].concat()
}

/// Endings of sources that are compiled as Python's are.
const OTHER_LANGUAGES: [&[u8]; 2] = [b".hy", b".pyw"];

/// Whether a file is the source of a module, by its name.
pub(super) fn is_source(path: &[u8]) -> bool {
    path.ends_with(b".py") || in_python(path).is_some()
}

/// Without the level of optimization, which may be any that is alphanumeric (PEP 488).
fn without_level(stem: &[u8]) -> &[u8] {
    let level = stem.iter().rposition(|byte| *byte == b'.').map(|dot| stem.split_at(dot));
    let is_level =
        |end: &[u8]| end.strip_prefix(b".opt-").is_some_and(|level| level.iter().all(u8::is_ascii_alphanumeric));
    level.filter(|(_, end)| is_level(end)).map_or(stem, |(stem, _)| stem)
}

/// `a/x.py` and `x.py` of `prefix/a/x.cpython-312.pyc` (CPython, `cache_from_source`).
pub(super) fn sources_by_prefix(path: &[u8]) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let Some((name, directories)) = parts.split_last() else { return Vec::new() };
    let tagged = name.windows(8).any(|part| part == b".cpython") || name.windows(5).any(|part| part == b".pypy");
    if !tagged || directories.last() == Some(&&b"__pycache__"[..]) {
        return Vec::new();
    }
    let Some(source) = source(&[&b"__pycache__/"[..], name].concat()) else { return Vec::new() };
    let below = |from: usize| [directories.get(from..).unwrap_or_default(), &[&source[..]]].concat().join(&b'/');
    (1..=directories.len()).map(below).collect()
}

/// Takes the time, and the size where there is one: where the code starts.
fn time(file: &File<'_>, parts: &mut Vec<Part>, at: usize, with_size: bool) -> Option<usize> {
    parts.push(number(file, "mtime", at, 4)?);
    if !with_size {
        return Some(at + 4);
    }
    parts.push(number(file, "sourceSize", at + 4, 4)?.with_aspect(Aspect::Size));
    Some(at + 8)
}

fn number(file: &File<'_>, name: &'static str, at: usize, length: usize) -> Option<Part> {
    let bytes = file.bytes.get(at..at + length)?;
    let number = bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    Some(Part::new(name, Role::Header, range(at, at + length)).with_value(Value::number(number)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File {
            path: b"a/__pycache__/x.cpython-312.pyc",
            bytes,
            limits: &Limits::default(),
            room: &Room::endless(),
        })
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let decoded = decoded(bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        decoded.parts.iter().map(|part| part.name.to_string()).collect()
    }

    fn pyc(magic: u16, header: &[u8]) -> Vec<u8> {
        [&magic.to_le_bytes()[..], b"\r\n", header, b"\xe3code"].concat()
    }

    #[test]
    fn the_header_goes_by_the_magic_number() {
        assert_eq!(names(&pyc(62211, &[1; 4])), ["magic", "mtime", "code"]);
        assert_eq!(names(&pyc(3180, &[1; 4])), ["magic", "mtime", "code"]);
        assert_eq!(names(&pyc(3230, &[1; 8])), ["magic", "mtime", "sourceSize", "code"]);
        assert_eq!(names(&pyc(3379, &[1; 8])), ["magic", "mtime", "sourceSize", "code"]);
        let timed = [0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0];
        assert_eq!(names(&pyc(3394, &timed)), ["magic", "flags", "mtime", "sourceSize", "code"]);
        for flags in [1, 3] {
            let hashed = [flags, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
            assert_eq!(names(&pyc(3571, &hashed)), ["magic", "flags", "hash", "code"]);
        }
    }

    #[test]
    fn sources_of_modules() {
        let source = |path: &str| source(path.as_bytes()).map(|path| String::from_utf8(path).unwrap());
        assert_eq!(source("a/__pycache__/x.cpython-312.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/__pycache__/x.y.cpython-312.opt-2.pyc").as_deref(), Some("a/x.y.py"));
        assert_eq!(source("__pycache__/x.pypy39.pyc").as_deref(), Some("x.py"));
        assert_eq!(source("a/__pycache__/test_x.cpython-311-pytest-8.3.4.pyc").as_deref(), Some("a/test_x.py"));
        assert_eq!(source("a/__pycache__/x.other-1.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/x.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/x.pyo").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/__pycache__/x.cpython-311.opt-3.pyc").as_deref(), Some("a/x.py"));
        assert_eq!(source("a/__pycache__/x.pyc"), None);
        assert_eq!(source("a/.pyc"), None);
        assert_eq!(in_other_languages(b"a/x.py"), [&b"a/x.hy"[..], b"a/x.pyw"]);
        assert_eq!(of_any_ending(b"a.b/x"), b"a.b/x.py");
        assert_eq!(of_any_ending(b"a/x.y.txt"), b"a/x.y.py");
        assert_eq!(in_python(b"a/x.pyw").as_deref(), Some(&b"a/x.py"[..]));
        let by_prefix = |path: &str| sources_by_prefix(path.as_bytes());
        assert_eq!(by_prefix("var/cache/app/x.cpython-312.pyc"), [&b"cache/app/x.py"[..], b"app/x.py", b"x.py"]);
        assert!(by_prefix("app/__pycache__/x.cpython-312.pyc").is_empty() && by_prefix("app/x.pyc").is_empty());
    }

    #[test]
    fn a_time_is_recorded_unless_a_hash_is() {
        let recorded = |magic, header: &[u8]| {
            let found = recorded(b"x.pyc", &pyc(magic, header));
            found.map(|(_, stamp)| (stamp.seconds, stamp.rest))
        };
        for (flags, timed) in [(0, true), (2, true), (1, false), (3, false)] {
            let header = [flags, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0];
            assert_eq!(recorded(3495, &header), timed.then_some((5, Some(6))), "{flags}");
        }
        // PyPy 3.9.
        assert_eq!(recorded(0x0150, &[0, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0]), Some((5, Some(6))));
    }

    #[test]
    fn values_are_numbers() {
        let bytes = pyc(3531, &[0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0]);
        let parts = decoded(&bytes).unwrap().parts;
        assert_eq!(parts[0].value, Some(Value::number(3531)));
        assert_eq!(parts[2].value, Some(Value::number(0x0403_0201)));
        assert_eq!((parts[3].range, parts[3].aspect), ((12, 16), Aspect::Size));
        assert_eq!(parts[3].value, Some(Value::number(5)));
    }

    #[test]
    fn what_is_no_module_is_bytes() {
        assert!(decoded(&pyc(3531, &[2, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0])).is_none(), "flags");
        assert!(decoded(&pyc(9999, &[0; 12])).is_none(), "magic");
        assert!(decoded(&pyc(3531, &[0; 12])[..16]).is_none(), "no code");
        let bytes = pyc(3531, &[0; 12]);
        assert!(
            decode(&File { path: b"x.py", bytes: &bytes, limits: &Limits::default(), room: &Room::endless() })
                .is_none(),
            "path"
        );
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(magic in 2990u16..4010, rest in prop::collection::vec(0u8..4, 0..24)) {
            let bytes = [&magic.to_le_bytes()[..], b"\r\n", &rest, b"c"].concat();
            never_panics_and_partitions(b"x.pyc", &bytes);
        }
    }
}
