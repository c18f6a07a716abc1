use reprove::digest::Digest;

use super::*;

/// Two private keys, of no use to anybody.
const KEYS: [&str; 2] = [
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
    "c2FtcGxlIG9mIGEga2V5IHRoYXQgaXMgbm9uZSBhbmQgb3BlbnMgbm90aGluZyBhdCBhbGw",
];
const HASHES: [&str; 2] = ["$6$c2FsdA$Zm9vYmFyYmF6cXV4b3JpZ2luYWxoYXNo", "$6$cGVwcGVy$b3RoZXJoYXNob2ZhbW90aGVycGFzcw"];
const ARGUMENTS: [&str; 2] = ["hunter2-original", "hunter2-rebuilt"];
const VALUES: [&str; 2] = ["tok_live_0a1b2c3d4e5f60718293", "tok_live_99887766554433221100"];

fn key(of: usize) -> String {
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n", KEYS[of])
}

fn shadow(of: usize) -> String {
    format!("root:{}:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n", HASHES[of])
}

fn side(of: usize) -> Value {
    json!({
        "config": { "config": { "Env": ["PATH=/bin", format!("API_TOKEN={}", VALUES[of])] } },
        "layers": [{
            "createdBy": format!("RUN |1 TOKEN={} /bin/sh -c make install # buildkit", ARGUMENTS[of]),
            "entries": [
                { "path": "etc/shadow", "text": shadow(of), "mode": "640" },
                { "path": "root/.ssh/id_ed25519", "text": key(of), "mode": "600" },
                { "path": "srv/deploy.pem", "text": key(of) },
            ],
        }, {
            "createdBy": format!("|1 TOKEN={} /bin/sh -c make check", ARGUMENTS[of]),
            "entries": [],
        }],
    })
}

#[test]
fn secrets_are_never_shown_nor_their_digests() {
    let pair = images(&json!({ "original": side(0), "rebuild": side(1), "expect": { "cause": "" } }));
    let (text, json) = (diff(&pair, &["-v"]), diff(&pair, &["--format", "json"]));
    assert_eq!((text.code, json.code), (Some(1), Some(1)), "{}{}", text.err, json.err);
    let paths = ["etc/shadow", "root/.ssh/id_ed25519", "srv/deploy.pem", "API_TOKEN", "TOKEN="];
    for path in paths {
        assert!(text.out.contains(path), "{path} is not reported");
    }
    let secrets = [KEYS, HASHES, ARGUMENTS, VALUES].concat().into_iter().map(str::to_owned);
    let whole = (0..2).flat_map(|of| [key(of), shadow(of)]);
    for secret in secrets.chain(whole) {
        let digest = Digest::of(secret.as_bytes());
        for (output, name) in [(&text.out, "text"), (&json.out, "json")] {
            assert!(!output.contains(&secret), "{name} shows {secret}");
            assert!(!output.contains(&digest.encoded()[..12]), "{name} shows the digest of {secret}");
        }
    }
    // In a dump of bytes a secret would be cut into pieces.
    for piece in [&KEYS[0][..16], &KEYS[1][16..32], "hunter2", "tok_live", "Zm9vYmFy"] {
        let hex = piece.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        for output in [&text.out, &json.out] {
            assert!(!output.contains(piece), "shows {piece}");
            assert!(!output.contains(&hex), "shows {piece} in hexadecimal");
        }
    }
}

#[test]
fn names_and_values_cannot_steer_a_terminal() {
    let nasty = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}gpj.\u{2066}\u{200b}\r\nidentical: all is well\n\t";
    let side = |value: &str| {
        json!({
            "config": { "config": { "Labels": { nasty: format!("{value}{nasty}") } }, "author": format!("{nasty}{value}") },
            "layers": [{
                "createdBy": format!("RUN {nasty}"),
                "entries": [
                    { "path": format!("opt/{nasty}/file"), "text": format!("{nasty}{value}\n") },
                    { "path": "opt/link", "type": "symlink", "link": format!("{nasty}{value}") },
                ],
            }],
        })
    };
    let pair = images(&json!({ "original": side("1"), "rebuild": side("2"), "expect": { "cause": "" } }));
    for arguments in [&[][..], &["-v"], &["-q"]] {
        let run = diff(&pair, arguments);
        assert_eq!(run.code, Some(1), "{}", run.err);
        let is_unsafe = |character: char| {
            (character.is_control() && character != '\n')
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(run.out.chars().find(|character| is_unsafe(*character)), None, "{}", run.out);
        // Lines of files are shown as lines, but set in: nothing but the program begins one.
        assert!(!run.out.lines().any(|line| line.starts_with("identical")), "{}", run.out);
    }
    assert!(diff(&pair, &["-v"]).out.contains("\\x1b]0;owned\\x07\\x9b2J\\u{202e}gpj."));
    // So does JSON, which changes no value of it.
    let json = diff(&pair, &["--format", "json"]);
    let is_unsafe = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(json.out.chars().find(|character| is_unsafe(*character)), None, "{}", json.out);
    assert!(json.report().to_string().contains("\u{202e}gpj."));
    assert_eq!(json.report()["verdict"], "different");
}
