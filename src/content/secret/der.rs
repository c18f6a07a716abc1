//! Keys in DER (X.690): PKCS#1 (RFC 8017), DSA as OpenSSL writes it, SEC1 (RFC 5915), PKCS#8 (RFC 5958), encrypted or
//! not, and stores of keys by PKCS#12 (RFC 7292) or of Java.

/// Object identifiers that an encrypted PKCS#8 key's algorithm opens with: PKCS#5 (1.2.840.113549.1.5) and the
/// password-based schemes of PKCS#12 (1.2.840.113549.1.12.1).
const PASSWORD_BASED: [&[u8]; 2] =
    [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01]];
/// What a PKCS#12 store holds opens with: data or signed data of PKCS#7 (1.2.840.113549.1.7.1 and .2).
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// The fewest bytes of a modulus or a prime: 256 bits, which nobody uses any more.
const LEAST_MODULUS: usize = 32;
/// Bytes of a private scalar, from that of a curve of 112 bits to that of one of 521.
const SCALAR: std::ops::RangeInclusive<usize> = 14..=66;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// Whether a key or a store of keys opens these bytes, of which the rest may be missing.
pub(super) fn is_private_key(bytes: &[u8]) -> bool {
    java_store(bytes) || Element::first(bytes).is_some_and(|outer| outer.tag == SEQUENCE && is_key(outer.content))
}

fn is_key(content: &[u8]) -> bool {
    let Some(first) = Element::first(content) else { return false };
    let Some(second) = Element::first(first.after) else { return false };
    match (first.tag, first.content, second.tag) {
        // The version, then the modulus or a prime: PKCS#1 and DSA.
        (INTEGER, [0 | 1], INTEGER) => second.length >= LEAST_MODULUS,
        // The version, then the scalar: SEC1.
        (INTEGER, [1], OCTET_STRING) => SCALAR.contains(&second.length),
        // The version, the algorithm and the key: PKCS#8.
        (INTEGER, [0 | 1], SEQUENCE) => {
            names_algorithm(second.content, |_| true) && Element::first(second.after).is_none_or(is_octets)
        }
        (INTEGER, [3], SEQUENCE) => names_algorithm(second.content, |object| object.starts_with(CONTENT_TYPE)),
        (SEQUENCE, algorithm, OCTET_STRING) => {
            names_algorithm(algorithm, |object| PASSWORD_BASED.iter().any(|opening| object.starts_with(opening)))
        }
        _ => false,
    }
}

fn is_octets(element: Element<'_>) -> bool {
    element.tag == OCTET_STRING
}

fn names_algorithm(content: &[u8], is_wanted: impl Fn(&[u8]) -> bool) -> bool {
    Element::first(content).is_some_and(|object| object.tag == OBJECT && is_wanted(object.content))
}

/// A store of Java (JKS, JCEKS) whose first entry is a key; those of certificates alone are no secret.
fn java_store(bytes: &[u8]) -> bool {
    let is_store = bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce, 0xce, 0xce, 0xce]);
    is_store && matches!(bytes.get(12..16), Some([0, 0, 0, 1 | 3]))
}

struct Element<'a> {
    tag: u8,
    /// Bytes of the content, by its header.
    length: usize,
    /// As much of the content as there is.
    content: &'a [u8],
    after: &'a [u8],
}

impl<'a> Element<'a> {
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..0x80 => (usize::from(first), rest),
            // Of indefinite length, as some write PKCS#12.
            0x80 => (rest.len(), rest),
            0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, after) = rest.split_at(length.min(rest.len()));
        Some(Element { tag, length, content, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, &content].concat()
    }

    const VERSION: &[u8] = &[2, 1, 0];

    fn algorithm(object: &[u8]) -> Vec<u8> {
        element(SEQUENCE, &[&[OBJECT, u8::try_from(object.len()).unwrap()], object])
    }

    #[test]
    fn keys_are_known_by_their_structure() {
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        let octets = element(OCTET_STRING, &[&[7; 100]]);
        for (name, key) in [
            ("PKCS#1", element(SEQUENCE, &[VERSION, &element(INTEGER, &[&[7; 256]]), &[2, 3, 1, 0, 1]])),
            ("SEC1", element(SEQUENCE, &[&[2, 1, 1], &[OCTET_STRING, 32], &[7; 32]])),
            ("PKCS#8", element(SEQUENCE, &[VERSION, &algorithm(&rsa), &octets])),
            (
                "PKCS#8 of Ed25519",
                [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22][..], &[7; 34]].concat(),
            ),
            ("encrypted PKCS#8", element(SEQUENCE, &[&algorithm(&[PASSWORD_BASED[0], &[13]].concat()), &octets])),
            ("PKCS#12", element(SEQUENCE, &[&[2, 1, 3], &algorithm(&[CONTENT_TYPE, &[1]].concat())])),
        ] {
            assert!(is_private_key(&key), "{name}");
            assert!(is_private_key(&key[..key.len().min(40)]), "{name}, its start");
        }
        assert!(is_private_key(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1]));
    }

    #[test]
    fn what_is_public_is_no_key() {
        let modulus = element(INTEGER, &[&[7; 256]]);
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        for (name, other) in [
            ("public key of PKCS#1", element(SEQUENCE, &[&modulus, &[2, 3, 1, 0, 1]])),
            ("public key", element(SEQUENCE, &[&algorithm(&rsa), &element(3, &[&[0], &modulus])])),
            ("signature", element(SEQUENCE, &[&[2, 32], &[7; 32], &[2, 32], &[7; 32]])),
            ("digest", element(SEQUENCE, &[&algorithm(&rsa), &element(OCTET_STRING, &[&[7; 32]])])),
            ("certificate", element(SEQUENCE, &[&element(SEQUENCE, &[&[0xa0, 3, 2, 1, 2]])])),
            ("store of certificates", [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2].to_vec()),
            ("nothing", Vec::new()),
        ] {
            assert!(!is_private_key(&other), "{name}");
        }
    }
}
