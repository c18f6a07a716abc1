use super::*;
use crate::explain::sample;
use crate::finding::{Diff, DiffForm, Kind, Sides};

const YESCRYPT: &str = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7";
const KEY: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n";

fn field(name: &str, text: &str) -> Json {
    value(&Value::text(text), &Location::field_of(Kind::Config, name.to_owned())).unwrap()
}

fn shown(text: &str) -> String {
    super::text(text)
}

#[test]
fn plain_values_are_shown_as_they_are() {
    let plain = Location::field_of(Kind::Config, "/config/Labels/maintainer");
    assert_eq!(value(&Value::Absent, &plain), None);
    assert_eq!(value(&Value::Json(Json::Null), &plain), Some(Json::Null));
    assert_eq!(value(&Value::text("a \u{1b}[2J"), &plain), Some(json!("a \u{1b}[2J")));
    assert_eq!(value(&Value::number(7), &plain), Some(json!(7)));
    assert_eq!(value(&Value::Bytes([1u8, 255].as_slice().into()), &plain), Some(json!({"hex": "01ff"})));
    let long = value(&Value::Bytes([7u8; 65].as_slice().into()), &plain).unwrap();
    assert_eq!(long["size"], 65);
    assert_eq!(long["sha256"], Digest::of(&[7; 65]).encoded());
    assert_eq!(value(&sample::content(0xab, 9), &plain).unwrap(), json!({"sha256": "ab".repeat(32), "size": 9}));
}

#[test]
fn secret_contents_are_withheld_digest_included() {
    let at = sample::at(1, "etc/x");
    for (secret, name) in [
        (Secret::PrivateKey, "private key"),
        (Secret::PasswordHash, "password hash"),
        (Secret::BuildArgument, "build argument"),
        (Secret::NamedSecret, "named secret"),
        (Secret::HostIdentity, "host identity"),
    ] {
        let content = Value::Content { sha256: [1; 32], size: 9, secret: Some(secret) };
        assert_eq!(value(&content, &at), Some(json!({ "redacted": name })));
    }
}

#[test]
fn values_under_secret_names_are_withheld() {
    for name in [
        "/config/Env/API_TOKEN",
        "/config/Labels/com.example.db-password",
        "/config/Env/AWS_SECRET_ACCESS_KEY",
        "root.password",
        "/predicate/auth/user",
    ] {
        assert_eq!(field(name, "hunter2"), json!({"redacted": "named secret"}), "{name}");
    }
    assert_eq!(field("/config/Env/PATH", "/usr/bin"), json!("/usr/bin"));
    assert_eq!(field("/config/Env", "DB_PASSWORD=hunter 2"), json!("DB_PASSWORD=[redacted]"));
    let token = Location::field_of(Kind::Config, "/config/Env/API_TOKEN");
    assert_eq!(value(&Value::number(1234), &token), Some(json!({"redacted": "named secret"})));
    assert_eq!(value(&Value::Bytes([0xff].as_slice().into()), &token), Some(json!({"redacted": "named secret"})));
    assert_eq!(value(&Value::Absent, &token), None);
}

#[test]
fn build_arguments_are_withheld_wherever_they_stand_but_for_the_epoch() {
    let provenance = json!({
        "args": { "build-arg:NPM": "hunter2", "build-arg:SOURCE_DATE_EPOCH": "1754000000", "target": "release" },
        "buildArgs": { "MODE": "hunter2" },
        "environment": { "GITHUB_TOKEN": "hunter2", "nested": [{ "password": ["hunter2", 3, null] }] }
    });
    let shown = value(&Value::Json(provenance), &Location::field_of(Kind::Index, "/predicate")).unwrap();
    let build_argument = json!({"redacted": "build argument"});
    let named = json!({"redacted": "named secret"});
    assert_eq!(
        shown,
        json!({
            "args": { "build-arg:NPM": build_argument, "build-arg:SOURCE_DATE_EPOCH": "1754000000", "target": "release" },
            "buildArgs": { "MODE": build_argument },
            "environment": { "GITHUB_TOKEN": named, "nested": [{ "password": [named, named, null] }] }
        })
    );
    assert_eq!(field("/predicate/args/build-arg:NPM", "hunter2"), build_argument);
    let legacy = json!(["|2", "A=hunter2", "SOURCE_DATE_EPOCH=3", "/bin/sh", "-c", "make"]);
    let shown = value(&Value::Json(legacy), &Location::field_of(Kind::Config, "/container_config/Cmd")).unwrap();
    assert_eq!(shown, json!(["|2", "A=[redacted]", "SOURCE_DATE_EPOCH=3", "/bin/sh", "-c", "make"]));
}

#[test]
fn build_arguments_of_instructions_are_withheld() {
    for (raw, expected) in [
        ("RUN |1 A=hunter2 /bin/sh -c make # buildkit", "RUN |1 A=[redacted] /bin/sh -c make # buildkit"),
        ("|2 A=hunter2 SOURCE_DATE_EPOCH=17 /bin/sh -c x", "|2 A=[redacted] SOURCE_DATE_EPOCH=17 /bin/sh -c x"),
        ("|1 A=hunter2 and hunter2 /bin/sh -c x", "|1 A=[redacted] /bin/sh -c x"),
        ("|2 A=x hunter2 B= /bin/bash -o pipefail -c x", "|2 A=[redacted] B=[redacted] /bin/bash -o pipefail -c x"),
        ("|1 A=hunter2 k=hunter2 /bin/sh -c x", "|1 [redacted] /bin/sh -c x"),
        ("|1 A=/hunter2 /bin/hunter2", "|1 A=[redacted]"),
        ("|1 SOURCE_DATE_EPOCH=hunter2 /bin/sh -c x", "|1 SOURCE_DATE_EPOCH=[redacted] /bin/sh -c x"),
        ("|1 SOURCE_DATE_EPOCH=1 hunter2 /bin/sh -c x", "|1 SOURCE_DATE_EPOCH=[redacted] /bin/sh -c x"),
        ("|0 /bin/sh -c make", "|0 /bin/sh -c make"),
        ("/bin/sh -c ls |2 x=y", "/bin/sh -c ls |2 x=y"),
        ("|99999999999999999999999 A=hunter2", "|99999999999999999999999 [redacted]"),
    ] {
        let shown = command(raw);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(shown, expected);
    }
}

#[test]
fn secrets_in_instructions_are_withheld_and_the_rest_is_kept() {
    for (raw, expected) in [
        ("ENV NPM_TOKEN=hunter2 PATH=/bin", "ENV NPM_TOKEN=[redacted] PATH=/bin"),
        ("ENV GREETING=a b c", "ENV GREETING=a b c"),
        ("ENV DB_PASSWORD=hunter2 hunter2 hunter2", "ENV DB_PASSWORD=[redacted]"),
        ("/bin/sh -c #(nop)  ENV API_KEY=hunter2 x", "/bin/sh -c #(nop)  ENV API_KEY=[redacted]"),
        ("ARG SECRET=hunter2", "ARG SECRET=[redacted]"),
        ("LABEL token=hunter2 b=c", "LABEL token=[redacted] b=c"),
        ("RUN /bin/sh -c export X_PASSWORD=hunter2 && make", "RUN /bin/sh -c export X_PASSWORD=[redacted] && make"),
        ("RUN A_TOKEN='hunter2 hunter2' B=c make", "RUN A_TOKEN=[redacted] B=c make"),
        ("RUN A_TOKEN=\"a \\\" hunter2\" make", "RUN A_TOKEN=[redacted] make"),
        ("RUN login --password hunter2 --user bob", "RUN login --password [redacted] --user bob"),
        ("RUN login --token=hunter2 bob", "RUN login --token=[redacted] bob"),
        (
            "RUN curl -H \"Authorization: Bearer hunter2\" https://x",
            "RUN curl -H \"Authorization: [redacted]\" https://x",
        ),
        ("RUN git clone https://bob:hunter2@host/x", "RUN git clone https://[redacted]@host/x"),
        ("RUN echo '{\"password\": \"hunter2\"}' > x", "RUN echo '{\"password\": [redacted]}' > x"),
        (
            "RUN --mount=type=secret,id=npm_token cat /run/secrets/npm_token",
            "RUN --mount=type=secret,id=npm_token cat /run/secrets/npm_token",
        ),
        ("RUN if [ \"$TOKEN\" == x ]; then exit; fi", "RUN if [ \"$TOKEN\" == x ]; then exit; fi"),
    ] {
        assert_eq!(command(raw), expected);
    }
    assert_eq!(
        field("/history/3/created_by", "RUN |1 A=hunter2 /bin/sh -c x"),
        json!("RUN |1 A=[redacted] /bin/sh -c x")
    );
    assert_eq!(command(&format!("RUN echo '{KEY}' > x")), "RUN echo '[redacted]' > x");
    assert_eq!(command("RUN echo '-----BEGIN RSA PRIVATE KEY-----\nhunter2' > x"), MARK);
}

#[test]
fn known_shapes_are_withheld_in_any_text() {
    for hash in [
        YESCRYPT,
        "$6$rounds=5000$salt$hunter2hunter2",
        "$5$salt$hunter2hunter2",
        "$1$salt$hunter2hunter2",
        "$2b$12$hunter2hunter2hunter2",
        "$argon2id$v=19$m=65536,t=2,p=1$hunter2$hunter2",
        "ghp_0123456789abcdefghij0123456789abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    ] {
        assert_eq!(
            shown(&format!("a {hash}, b")).trim_end_matches(", b").trim_end_matches(" b"),
            "a [redacted]",
            "{hash}"
        );
        let kind = field("/config/Labels/x", hash);
        assert!(kind.get("redacted").is_some(), "{kind}");
    }
    assert_eq!(shown(&format!("root:{YESCRYPT}:19000:0:99999:7:::")), "root:[redacted]:19000:0:99999:7:::");
    assert_eq!(shown("root:Ab3dEfGhIjKlM:19000:0:99999:7:::"), "root:[redacted]:19000:0:99999:7:::");
    for plain in [
        "root:*:19000:0:99999:7:::",
        "root:x:0:0:root:/root:/bin/sh",
        "awk '{print $1$2}'",
        "costs $6 a day",
        "sk-learn",
        "https://example.org/a@b",
        "docker.io/library/app@sha256:00",
        "passwd: files systemd",
        "/etc/passwd: no such file",
        "AUTHORS: a, b",
        "http://localhost:8080/x",
    ] {
        assert_eq!(shown(plain), plain);
    }
    assert_eq!(shown("docker://bob:hunter2@reg.example/app:1"), "docker://[redacted]@reg.example/app:1");
    assert_eq!(shown("https://hunter2@a/ ssh://b:hunter2@c:22/"), "https://[redacted]@a/ ssh://[redacted]@c:22/");
}

#[test]
fn private_keys_are_withheld_as_a_whole() {
    let key = json!({"redacted": "private key"});
    assert_eq!(field("/config/Labels/x", KEY), key);
    assert_eq!(field("/config/Labels/x", "-----BEGIN PGP PRIVATE KEY BLOCK-----"), key);
    assert_eq!(field("/config/Labels/x", "PuTTY-User-Key-File-3: ssh-ed25519"), key);
    let bytes = Value::Bytes(format!("\0{KEY}").as_bytes().into());
    assert_eq!(value(&bytes, &sample::at(1, "x")), Some(key));
    let certificate = "-----BEGIN CERTIFICATE-----";
    assert_eq!(field("/config/Labels/x", certificate), json!(certificate));
    assert_eq!(shown(KEY), MARK);
}

fn hunk(original: &[&str], rebuild: &[&str]) -> Sides<Vec<String>> {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    Sides::new(lines(original), lines(rebuild))
}

fn shown_diff(path: &str, form: DiffForm, hunks: Vec<Sides<Vec<String>>>) -> Vec<(Vec<String>, Vec<String>)> {
    let shown = diff(&Diff { form, hunks, cut: false }, &sample::at(1, path));
    shown.hunks.into_iter().map(|hunk| (hunk.original, hunk.rebuild)).collect()
}

#[test]
fn diffs_are_withheld_line_by_line() {
    let shown = shown_diff(
        "etc/app.conf",
        DiffForm::Text,
        vec![hunk(&["port = 1", "db_password = hunter2"], &["port = 2", "\"token\": \"hunter2\","])],
    );
    let strings = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let expected =
        (strings(&["port = 1", "db_password = [redacted]"]), strings(&["port = 2", "\"token\": [redacted]"]));
    assert_eq!(shown, [expected]);
}

#[test]
fn hunks_of_private_keys_are_withheld_as_a_whole() {
    let line = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz";
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    let end = "-----END RSA PRIVATE KEY-----";
    let mark = |count: usize| vec!["[redacted: private key]".to_owned(); count];
    let shown = shown_diff(
        "etc/x.pem",
        DiffForm::Text,
        vec![
            hunk(&["a", begin, "hunter2"], &["a"]),
            hunk(&["hunter2"], &[]),
            hunk(&[end, "b"], &["b"]),
            hunk(&["after"], &["AFTER"]),
        ],
    );
    assert_eq!(shown[0], (mark(1), mark(1)));
    assert_eq!(shown[1], (mark(1), mark(0)));
    assert_eq!(shown[2], (mark(1), mark(1)));
    assert_eq!(shown[3], (vec!["after".to_owned()], vec!["AFTER".to_owned()]));
    assert_eq!(shown_diff("x", DiffForm::Text, vec![hunk(&[line, line], &[line])])[0], (mark(1), mark(1)));
    let sums = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(shown_diff("x", DiffForm::Text, vec![hunk(&[sums], &[])])[0].0, [sums]);
    let row = "00000000  30 82 04 a4";
    assert_eq!(shown_diff("etc/ssl/x.key", DiffForm::Hex, vec![hunk(&[row], &[])])[0], (mark(1), mark(0)));
    assert_eq!(shown_diff("etc/ssl/x.der", DiffForm::Hex, vec![hunk(&[row], &[])])[0].0, [row]);
}

#[test]
fn secrets_cut_into_rows_of_a_hex_dump_are_withheld() {
    let rows: Vec<String> = format!("\0x {YESCRYPT}\0")
        .as_bytes()
        .chunks(16)
        .zip(0..)
        .map(|(row, number)| {
            let pairs: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{:08x}  {}  |................|", number * 16, pairs.join(" "))
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(shown_diff("x", DiffForm::Hex, vec![hunk(&rows, &["00000000  00"])])[0].0, [MARK]);
}

#[test]
fn long_lines_take_time_in_proportion() {
    for unit in [":", "=", " ", "$1$", "://", "a: ", "--token ", "x=\"", "@", "|1 ", " -c "] {
        let line = unit.repeat(50_000);
        assert!(!super::text(&line).is_empty());
        assert!(!command(&line).is_empty());
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_what_is_withheld_stays_so(raw in "[ -~é\n]{0,80}", secret in "[A-Za-z0-9]{12}") {
        let _ = super::text(&raw);
        let _ = command(&raw);
        let _ = command(&format!("|3 {raw}"));
        let assigned = super::text(&format!("{}\nDB_PASSWORD={secret}", raw.replace('\n', " ")));
        proptest::prop_assert!(!assigned.lines().last().unwrap_or("").contains(&secret));
        let built = command(&format!("RUN |1 MODE={secret} /bin/sh -c true"));
        proptest::prop_assert!(!built.contains(&secret));
    }

    #[test]
    fn redacting_twice_changes_nothing(raw in "[a-z_=: \"$/@.-]{0,60}") {
        let once = super::text(&raw);
        proptest::prop_assert_eq!(super::text(&once), once);
    }
}

#[test]
fn variables_of_build_steps_are_withheld_like_build_arguments() {
    let step = "/predicate/buildConfig/llbDefinition/step1";
    let mut location = Location::field_of(Kind::Index, format!("{step}/op/Op/exec/meta/env/A"));
    location.attestation = Some(Box::new(crate::finding::AttestationPlace {
        platform: "linux/amd64".to_owned(),
        predicate_type: "https://slsa.dev/provenance/v1".to_owned(),
    }));
    assert_eq!(value(&Value::text("A=hunter2"), &location), Some(json!("A=[redacted]")));
    assert_eq!(value(&Value::text("PATH=/bin"), &location), Some(json!("PATH=/bin")));
    let location = location.with_field(step);
    let whole = Value::Json(json!({ "meta": { "env": ["A=hunter2", "SOURCE_DATE_EPOCH=1"] } }));
    let shown = json!({ "meta": { "env": ["A=[redacted]", "SOURCE_DATE_EPOCH=1"] } });
    assert_eq!(value(&whole, &location), Some(shown));
}
