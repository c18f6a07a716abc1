use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reprove::digest::Digest;

use super::*;

/// What no output may hold, in any form: each is a password that could be guessed, or a part of a key.
const SECRETS: [&str; 2] = ["hunter2one", "swordfish3"];

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A key of Ed25519 in PKCS#8 (RFC 8410) whose bytes repeat the secret.
fn der(secret: &str) -> Vec<u8> {
    let seed: Vec<u8> = secret.bytes().cycle().take(32).collect();
    [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &seed].concat()
}

/// Files that hold the secret: path, bytes.
fn secret_files(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der(secret)));
    let shadow = format!("root:*:1:0:9:7:::\nme:{secret}AbC:20000:0:9:7:::\n");
    vec![
        ("srv/key.der", der(secret)),
        ("srv/data", [&[1, 2, 3][..], &wide(&pem), &[0xff, 4, 5]].concat()),
        ("srv/key.txt", [&[0xff, 0xfe][..], &wide(&pem)].concat()),
        ("srv/inline.conf", STANDARD.encode(der(secret)).into_bytes()),
        ("etc/shadow.bak", shadow.clone().into_bytes()),
        ("etc/.shadow.swp", [b"b0VIM 9.1\0\0".to_vec(), vec![0; 100], shadow.clone().into_bytes()].concat()),
        ("var/backups/gshadow.1", format!("adm:{secret}::me\n").into_bytes()),
        ("srv/www/htpasswd.old", format!("me:{secret}\n").into_bytes()),
        ("etc/passwd-", format!("me:{secret}:0:0::/:/bin/sh\n").into_bytes()),
        ("root/.netrc", format!("machine a login me password {secret}\n").into_bytes()),
        ("root/.pgpass", format!("a:5432:db:me:{secret}\n").into_bytes()),
        ("root/.git-credentials", format!("https://me:{secret}@a/\n").into_bytes()),
        ("root/.docker/config.json", format!("{{\"auths\":{{\"a\":{{\"auth\":\"{secret}\"}}}}}}").into_bytes()),
        ("root/.kube/config", format!("users:\n- user:\n    token: {secret}\n").into_bytes()),
        ("root/.aws/credentials", format!("[default]\naws_secret_access_key = {secret}\n").into_bytes()),
        ("root/.npmrc", format!("//registry/:_authToken={secret}\n").into_bytes()),
        ("srv/app.conf", format!("port = 1\ndb_password = {secret}\n").into_bytes()),
        ("srv/app.ini", wide(&format!("port = 1\r\ndb_password = {secret}\r\n"))),
        ("srv/.git/config", format!("[remote]\n\turl = https://me:{secret}@a/x\n").into_bytes()),
    ]
}

/// A side with every file, and every file again in a gzip file and on this side alone.
fn side(secret: &str, host: &str) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files = secret_files(secret);
    let mut entries: Vec<Value> =
        files.iter().map(|(path, bytes)| json!({ "path": path, "hex": hex(bytes), "mode": "600" })).collect();
    entries.extend(files.iter().map(|(path, bytes)| json!({ "path": format!("{host}/{path}"), "hex": hex(bytes) })));
    entries.push(json!({ "path": format!("tokens/ghp_{}/x", secret.repeat(4)), "text": "x" }));
    json!({
        "config": { "config": {
            "Env": ["PATH=/bin", format!("INDEX_URL=https://me:{secret}@{host}.example/simple"),
                format!("LOGIN_TOKEN_URL=https://me:{secret}@{host}.example/{secret}")],
            "Labels": { format!("ghp_{}", secret.repeat(4)): "x", "note": format!("https://me:{secret}@{host}.example/x") },
        } },
        "layers": [{ "entries": entries }],
    })
}

#[test]
fn no_output_shows_a_secret_in_any_form_nor_a_digest_by_which_it_could_be_guessed() {
    let sides = [side(SECRETS[0], "ahost"), side(SECRETS[1], "bhost")];
    let pair = images(&json!({ "original": sides[0], "rebuild": sides[1], "expect": { "cause": "" } }));
    let folder = pair.path("extracted");
    let text = diff(&pair, &["-v", "--extract", &folder]);
    let json = diff(&pair, &["--format", "json"]);
    assert_eq!((text.code, json.code), (Some(1), Some(1)), "{}{}", text.err, json.err);
    let mut leaked = Vec::new();
    let mut look = |what: &str, needle: &str| {
        for (name, output) in [("text", &text.out), ("stderr", &text.err), ("json", &json.out)] {
            if output.contains(needle) {
                leaked.push(format!("{name} shows {what} ({needle})"));
            }
        }
    };
    for secret in SECRETS {
        let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let spaced = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let wide_hex = secret.bytes().map(|byte| format!("{byte:02x}00")).collect::<String>();
        for needle in [secret, &hex, &spaced[..12], &wide_hex, &STANDARD.encode(secret)[..8]] {
            look(secret, needle);
        }
        for (path, bytes) in secret_files(secret) {
            look(path, &Digest::of(&bytes).encoded()[..16]);
        }
        // A part of a file: the secret itself, and the lines around it.
        for part in
            [secret.to_owned(), format!("{secret}\n"), format!("db_password = {secret}\n"), format!("me:{secret}")]
        {
            look("a part", &Digest::of(part.as_bytes()).encoded()[..16]);
        }
    }
    assert!(leaked.is_empty(), "{}", leaked.join("\n"));
    let extracted = below(Path::new(&folder));
    let readable = |path: &&PathBuf| {
        let bytes = fs::read(path).unwrap();
        SECRETS.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
    };
    assert_eq!(extracted.iter().find(readable), None);
}

#[test]
fn what_is_not_secret_is_shown_and_told_apart() {
    let sides = [side(SECRETS[0], "ahost"), side(SECRETS[0], "bhost")];
    let pair = images(&json!({ "original": sides[0], "rebuild": sides[1], "expect": { "cause": "" } }));
    let report = diff(&pair, &["--format", "json"]).report();
    let findings = report["platforms"][0]["findings"].as_array().unwrap();
    let of = |field: &str| {
        let found = findings.iter().find(|finding| finding["location"]["field"] == field);
        found.unwrap_or_else(|| panic!("{field} is not reported: {findings:#?}"))
    };
    let note = of("/config/Labels/note");
    assert_eq!(note["original"], "https://[redacted]@ahost.example/x");
    assert_eq!(note["rebuild"], "https://[redacted]@bhost.example/x");
    let index = of("/config/Env/INDEX_URL");
    assert!(index["original"].as_str().unwrap().ends_with("https://[redacted]@ahost.example/simple"), "{index}");
    let token = of("/config/Env/LOGIN_TOKEN_URL");
    assert!(token["original"].as_str().unwrap().ends_with("https://[redacted]@ahost.example/[redacted]"), "{token}");
}

#[test]
fn files_with_secrets_say_what_else_differs() {
    for (path, text) in [
        ("root/.netrc", "machine HOST login me password hunter2one\n"),
        ("root/.git-credentials", "https://me:hunter2one@HOST/\n"),
        ("root/.pgpass", "HOST:5432:db:me:hunter2one\n"),
    ] {
        let pair = files(path, &text.replace("HOST", "ahost"), &text.replace("HOST", "bhost").replace("2one", "2two"));
        let run = diff(&pair, &["-v"]);
        assert!(run.out.contains("ahost") && run.out.contains("bhost"), "{path}: {}", run.out);
        assert!(run.out.contains("[redacted]") && !run.out.contains("hunter2"), "{path}: {}", run.out);
        let same = files(path, text, &text.replace("2one", "2two"));
        let run = diff(&same, &["-v"]);
        assert!(!run.out.contains("HOST") && !run.out.contains("hunter2"), "{path}: {}", run.out);
    }
}
