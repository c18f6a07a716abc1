use super::*;

/// Made with `openssl genpkey -algorithm ed25519`.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

#[test]
fn ed25519_signs_and_verifies() {
    let key = PrivateKey::read(ED25519.as_bytes(), None).unwrap();
    let public = PublicKey::read(key.public().unwrap().pem().unwrap().as_bytes()).unwrap();
    assert_eq!(public, key.public().unwrap());
    let signature = key.sign(b"message");
    assert!(public.verifies(b"message", &signature) && !public.verifies(b"massage", &signature));
    assert_eq!(public.accepted(b"message", &signature), Some(signature));
}

#[test]
fn encrypted_keys_open_with_their_password_alone() {
    let made = generate(&[7; 88], Some(b"secret")).unwrap().unwrap();
    assert!(made.private.starts_with("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"));
    let read = |password: Option<&[u8]>| PrivateKey::read(made.private.as_bytes(), password);
    assert_eq!(read(None).unwrap_err(), Keyless::PasswordMissing);
    assert_eq!(read(Some(b"")).unwrap_err(), Keyless::Password);
    let key = read(Some(b"secret")).unwrap();
    assert_eq!(key.public().unwrap().pem().unwrap(), made.public);
    let plain = generate(&[7; 88], None).unwrap().unwrap();
    assert_eq!(plain.public, made.public);
    let costly = sealed_with(&made.private, "\"N\":65536", "\"N\":16777216");
    assert_eq!(PrivateKey::read(costly.as_bytes(), Some(b"secret")).unwrap_err(), Keyless::Parameters);
}

/// The same key file with an edit of what is in it.
fn sealed_with(pem: &str, from: &str, to: &str) -> String {
    let (label, json) = file::block(pem.as_bytes()).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(json.contains(from));
    file::written(&label, json.replace(from, to).as_bytes()).unwrap()
}

#[test]
fn signatures_are_deterministic_and_come_as_der() {
    let made = generate(&[7; 88], None).unwrap().unwrap();
    let key = PrivateKey::read(made.private.as_bytes(), None).unwrap();
    let (one, two) = (key.sign(b"message"), key.sign(b"message"));
    assert_eq!(one, two);
    assert_eq!(one.first(), Some(&0x30));
    let raw = Signature::from_der(&one).unwrap().to_bytes().to_vec();
    let public = key.public().unwrap();
    assert!(!public.verifies(b"message", &raw), "clients expect DER");
    assert_eq!(public.accepted(b"message", &raw), Some(one));
    assert_eq!(public.accepted(b"massage", &raw), None);
}

#[test]
fn what_is_no_key_of_these_kinds_is_refused() {
    let made = generate(&[7; 88], None).unwrap().unwrap();
    assert!(
        PrivateKey::read(made.public.as_bytes(), None).unwrap_err() == Keyless::NotPrivate("PUBLIC KEY".to_owned())
    );
    assert!(PublicKey::read(made.private.as_bytes()).unwrap_err() == Keyless::NotPublic("PRIVATE KEY".to_owned()));
    for wrong in ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        assert!(PublicKey::read(wrong.as_bytes()).is_err() && PrivateKey::read(wrong.as_bytes(), None).is_err());
    }
    assert_eq!(generate(&[0; 88], None).unwrap().map(|pair| pair.public), None, "zero is no key");
}
