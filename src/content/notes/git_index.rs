//! The index of git (gitformat-index(5), versions 2 to 4): of each file of a working copy, the name that git has for it.

/// Bytes of an entry before its digest, and of the digest.
const BEFORE: usize = 40;
const DIGEST: usize = 20;
/// Flags: more of them follow, and the length of the name, or that it is longer.
const EXTENDED: u16 = 0x4000;
const LENGTH: u16 = 0x0fff;

/// The digests in an index; `None` where it is none. Of one that is cut off or damaged those that come before.
pub(super) fn digests(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let version = number(4).filter(|version| bytes.starts_with(b"DIRC") && (2..=4).contains(version))?;
    let count = number(8)?;
    let (mut digests, mut at) = (Vec::new(), 12);
    for _ in 0..count {
        let Some((digest, next)) = entry(bytes, at, version) else { break };
        digests.push(digest);
        at = next;
    }
    Some(digests)
}

/// The digest of an entry, and where the next one begins.
fn entry(bytes: &[u8], at: usize, version: u32) -> Option<(&[u8], usize)> {
    let digest = bytes.get(at + BEFORE..at + BEFORE + DIGEST)?;
    let flags = at + BEFORE + DIGEST;
    let flags = u16::from_be_bytes(bytes.get(flags..flags + 2)?.try_into().ok()?);
    let name = at + BEFORE + DIGEST + if flags & EXTENDED == 0 { 2 } else { 4 };
    let end = |from: usize| Some(from + memchr::memchr(0, bytes.get(from..)?)?);
    let next = match version {
        // How much of the name before is not of this one, in a number of seven bits a byte; then the rest of it.
        4 => {
            let more = bytes.get(name..)?.iter().position(|byte| byte & 0x80 == 0)?;
            end(name + more + 1)? + 1
        }
        _ => {
            let length = usize::from(flags & LENGTH);
            let end = if flags & LENGTH == LENGTH { end(name)? } else { name + length };
            // One to eight bytes of zero, up to a multiple of eight.
            at + (end - at + 8) / 8 * 8
        }
    };
    Some((digest, next))
}
