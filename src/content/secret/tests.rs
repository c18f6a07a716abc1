use super::*;

const BODY: &str = "b3RoZXIgYnl0ZXMgdGhhdCBhcmUgbm8ga2V5IGF0IGFsbCwgYnV0IGxvbmc=";
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSE=";

fn pem(label: &str) -> String {
    format!("text\n-----BEGIN {label}-----\n{BODY}\n-----END {label}-----\n")
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn private_keys_in_text_forms() {
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        assert_eq!(of(b"x", pem(label).as_bytes()), Some(Secret::PrivateKey), "{label}");
    }
    let json = format!(r#"{{"key":"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END"}}"#);
    assert_eq!(of(b"x.json", json.as_bytes()), Some(Secret::PrivateKey));
    let old = format!("-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES\r\n\r\n{BODY}\r\n");
    assert_eq!(of(b"x", old.as_bytes()), Some(Secret::PrivateKey));
    let pgp = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{BODY}\n");
    assert_eq!(of(b"x", pgp.as_bytes()), Some(Secret::PrivateKey));
}

#[test]
fn private_keys_in_base64_without_armor() {
    use base64::Engine as _;
    for text in [KEY.to_owned(), format!("KEY={KEY}\n"), format!("{{\"k\":\"{KEY}\"}}")] {
        assert_eq!(of(b"x", text.as_bytes()), Some(Secret::PrivateKey), "{text}");
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(pem("RSA PRIVATE KEY").trim_start_matches("text\n"));
    assert_eq!(of(b"x", encoded.as_bytes()), Some(Secret::PrivateKey));
    let certificate = base64::engine::general_purpose::STANDARD.encode(pem("CERTIFICATE").trim_start_matches("text\n"));
    assert_eq!(of(b"x", certificate.as_bytes()), None);
    assert_eq!(of(b"x", b"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAuJ8sQ0mJ2a8mXc3v"), None, "a public key");
}

#[test]
fn private_keys_in_utf_16() {
    for big in [false, true] {
        let text = wide(&pem("RSA PRIVATE KEY"), big);
        let mark = wide("\u{feff}", big);
        assert_eq!(of(b"x", &text), Some(Secret::PrivateKey), "big {big}");
        assert_eq!(of(b"x", &[mark, text.clone()].concat()), Some(Secret::PrivateKey), "big {big}, with a mark");
        let inside = [&b"MZ\x90\x01 a program \x01\x02\x03"[..], &[9; 600], &text, &[7; 100]].concat();
        assert_eq!(of(b"x.exe", &inside), Some(Secret::PrivateKey), "big {big}, inside of something else");
        let decoy = wide("-----BEGIN PRIVATE KEY----- is what a key opens with", big);
        let second = [&decoy[..], &[1; 9000], &wide("\u{feff}", big), &text, &[7; 100]].concat();
        assert_eq!(of(b"x.exe", &second), Some(Secret::PrivateKey), "big {big}, behind what only speaks of one");
        assert_eq!(of(b"x.exe", &[&decoy[..], &[1; 9000]].concat()), None, "big {big}, only what speaks of one");
        let bare = [&[9; 601][..], &wide(&format!("key {KEY}"), big), &[7; 100]].concat();
        assert_eq!(of(b"x.dll", &bare), Some(Secret::PrivateKey), "big {big}, without armor");
        for start in 0..40 {
            let hash = wide("{SHA}2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", big);
            let hidden = [&vec![1; 600 + start][..], &hash, &[1; 9][..start % 9]].concat();
            assert_eq!(of(b"x.bin", &hidden), Some(Secret::PasswordHash), "big {big}, {start} bytes further on");
        }
        let shadow = wide("root:Ab3dEfGhIjKlM:19000:0:99999:7:::\n", big);
        assert_eq!(of(b"backup/shadow.txt", &shadow), Some(Secret::PasswordHash), "big {big}");
        let hash = wide(&format!("me:$6$salt${}\n", "a".repeat(86)), big);
        assert_eq!(of(b"x", &hash), Some(Secret::PasswordHash), "big {big}");
    }
    assert_eq!(of(b"x", &wide("nothing to see here", false)), None);
}

#[test]
fn what_only_speaks_of_keys_is_no_secret() {
    for label in ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "PGP PUBLIC KEY BLOCK"] {
        assert_eq!(of(b"x.pem", pem(label).as_bytes()), None, "{label}");
    }
    let library = b"\0-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0";
    assert_eq!(of(b"libssl.so", library), None);
    assert_eq!(of(b"x.md", b"put -----BEGIN PRIVATE KEY----- at the top\nof the file"), None);
    assert_eq!(of(b"x.sh", b"echo $6$ $1 $y$ $5"), None);
    assert_eq!(of(b"", b""), None);
}

#[test]
fn a_range_is_judged_by_the_line_it_is_in() {
    let in_text = |text: &str, part: &str| {
        let from = text.find(part).unwrap();
        in_range(text.as_bytes(), (from as u64, (from + part.len()) as u64))
    };
    let conf = "port = 80\ndb_password = hunter2\nurl = https://me:hunter2@host/x\n";
    assert_eq!(in_text(conf, "hunter2\n"), Some(Secret::NamedSecret));
    assert_eq!(in_text(conf, "unter"), Some(Secret::NamedSecret));
    assert_eq!(in_text(conf, "80"), None);
    assert_eq!(in_text(conf, "host/x"), None);
    assert_eq!(in_text(conf, "me:hunter2"), Some(Secret::NamedSecret));
    assert_eq!(in_text("token = tokens.pop()\n", "pop"), None);
    assert_eq!(in_text("x = 1\n", "1"), None);
    let wide = wide("a\r\ndb_password = hunter2\r\n", false);
    assert_eq!(in_range(&wide, (30, 40)), Some(Secret::NamedSecret));
}

#[test]
fn what_a_config_exposes() {
    for (text, extent) in [
        ("GITHUB_TOKEN=ghp_0123456789abcdefghij0123456789abcdef", Extent::Line),
        ("anything=ghp_0123456789abcdefghij0123456789abcdef", Extent::Line),
        ("DB_PASSWORD=s3cr3tValue", Extent::Line),
        ("INDEX=https://me:pw@host/simple", Extent::Line),
        ("RUN /bin/sh -c curl -H 'Authorization: Bearer abcdef123456' x", Extent::Word),
        ("RUN login --password=Tr0ub4dor3 x", Extent::Word),
    ] {
        assert!(exposed(text, extent).is_some(), "{text}");
    }
    for (text, extent) in [
        ("PATH=/usr/bin:/bin", Extent::Line),
        ("DB_PASSWORD_FILE=/run/secrets/db1", Extent::Line),
        ("DB_PASSWORD=changeme", Extent::Line),
        ("DB_PASSWORD=${DB_PASSWORD1}", Extent::Line),
        ("TOKEN_URL=https://auth.example/token1", Extent::Line),
        ("RUN /bin/sh -c test -n \"$TOKEN\"", Extent::Word),
    ] {
        assert_eq!(exposed(text, extent), None, "{text}");
    }
}
