use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(text: impl AsRef<[u8]>) -> Result<Document, DocumentError> {
    Document::parse(text.as_ref().into(), &Limits::default())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
        "[\"\\\\/\u{0}-\u{20}\u{10000}-\u{10010}]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-c/~\"]{0,3}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_another_parser_reads(value in value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = parse(&text).unwrap();
        prop_assert_eq!(document.to_value(), value);
        prop_assert_eq!(document.root.span, (0, text.len()));
    }

    #[test]
    fn accepts_no_more_than_another_parser(value in value(), at: prop::sample::Index, byte: u8) {
        let mut bytes = serde_json::to_vec(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        match (parse(&bytes), serde_json::from_slice::<Value>(&bytes)) {
            (Ok(document), Ok(value)) => prop_assert_eq!(document.to_value(), value),
            (Ok(_), Err(error)) => prop_assert!(false, "only this parser accepts: {}", error),
            (Err(error), Ok(_)) => prop_assert!(error.detail.to_string().contains("second time"), "{}", error),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn never_panics(bytes: Vec<u8>, text in "[\\[\\]{}\",:\\\\u0-9eEtruefalsn. -]{0,40}") {
        for input in [bytes.as_slice(), text.as_bytes()] {
            if let Err(error) = parse(input) {
                prop_assert_eq!(error.reason, GapReason::Malformed);
            }
        }
    }
}

#[test]
fn spans_cover_the_bytes_of_each_value() {
    let document = parse(" { \"k\" : [ 1 , \"\\u0061\" ] } ").unwrap();
    let text =
        |pointer: &str| String::from_utf8_lossy(document.bytes(document.get(pointer).unwrap().span)).into_owned();
    assert_eq!(text("/k/0"), "1");
    assert_eq!(text("/k/1"), "\"\\u0061\"");
    assert_eq!(text("/k"), "[ 1 , \"\\u0061\" ]");
    assert_eq!(document.get("/k/1").and_then(Node::as_str), Some("a"));
    assert_eq!(document.bytes(document.root.members()[0].key_span), b"\"k\"");
}

#[test]
fn pointers_follow_rfc_6901() {
    let document = parse(r#"{"a/b":{"m~n":[10,11]},"":0}"#).unwrap();
    assert_eq!(document.get("/a~1b/m~0n/1").map(Node::to_value), Some(json!(11)));
    assert_eq!(document.get("/").map(Node::to_value), Some(json!(0)));
    for missing in ["a", "/a~1b/m~0n/01", "/a~1b/m~0n/2", "/a~1b/m~0n/-", "/a~1b/m~0n/+1", "/x"] {
        assert!(document.get(missing).is_none(), "{missing}");
    }
    let mut pointer = String::new();
    push_token(&mut pointer, "a/b");
    push_token(&mut pointer, "m~n");
    assert_eq!(pointer, "/a~1b/m~0n");
}

#[test]
fn what_two_parsers_would_read_in_two_ways_is_refused() {
    for bytes in [
        &br#"{"a":1,"b":{"c":1,"\u0063":2}}"#[..],
        b"\"\xff\"",
        b"{} x",
        b"\"\\ud800\"",
        b"\"\\udc00\"",
        b"\"\\ud800\\u0041\"",
        b"\xef\xbb\xbf{}",
        b"01",
        b"1.",
        b"+1",
        b"[1,]",
        b"\"\x01\"",
        b"",
        b"nul",
    ] {
        assert_eq!(parse(bytes).unwrap_err().reason, GapReason::Malformed, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { document_depth: 3, document_nodes: 5, document_bytes: 40, ..Limits::default() };
    let reason = |text: &str| Document::parse(text.as_bytes().into(), &limits).map_err(|error| error.reason).err();
    assert_eq!(reason("[[[1]]]"), None);
    assert_eq!(reason("[[[[1]]]]"), Some(GapReason::Limit));
    assert_eq!(reason("[1,2,3,4,5]"), Some(GapReason::Limit));
    assert_eq!(reason(&" ".repeat(41)), Some(GapReason::Limit));
    let deep = "[".repeat(1_000_000);
    assert_eq!(parse(deep).unwrap_err().reason, GapReason::Limit);
}

#[test]
fn numbers_are_compared_by_value_and_keep_their_digits() {
    for (original, rebuild) in [("1", "1.0"), ("1", "10e-1"), ("100", "1E+2"), ("0", "-0.0e9"), ("-1.50", "-15e-1")] {
        assert!(same_number(original, rebuild), "{original} {rebuild}");
    }
    for (original, rebuild) in [("1", "-1"), ("1", "10"), ("1e400", "1e401"), ("9007199254740993", "9007199254740992")]
    {
        assert!(!same_number(original, rebuild), "{original} {rebuild}");
    }
    assert!(!same_number("1e99999999999999999999", "1e99999999999999999998"));
    for spelling in ["1.0", "1e+2", "-0", "0.10", "123456789012345678901234567890"] {
        assert_eq!(parse(spelling).unwrap().to_value().to_string(), spelling);
    }
}

const SMALL: Shape = Shape::Struct(&[
    ("size", Shape::Integer),
    ("kind", Shape::Text),
    ("inner", Shape::List(&Shape::Struct(&[("Cmd", Shape::Text)]))),
    ("labels", Shape::Map(&Shape::Text)),
]);

/// As Go 1.26's `encoding/json` reads them: each of these keys is taken for the member.
#[test]
fn keys_that_go_takes_for_others_are_refused() {
    for json in [
        r#"{"Size":1}"#,
        r#"{"ſize":1}"#,
        r#"{"\u017fize":1}"#,
        r#"{"size":1,"SIZE":2}"#,
        "{\"\u{212a}ind\":\"x\"}",
        r#"{"inner":[{},{"cmd":""}]}"#,
        r#"{"unknown":1,"Unknown":2}"#,
        "{\"stra\u{df}e\":1,\"Stra\u{df}e\":2}",
    ] {
        let error = parse(json).unwrap().checked(&SMALL).unwrap_err();
        assert_eq!(error.reason, GapReason::Malformed, "{json}");
    }
}

#[test]
fn keys_of_maps_and_of_what_nobody_reads_are_exact() {
    for json in [
        r#"{"size":1,"kind":"","inner":[{"Cmd":"x"}]}"#,
        r#"{"labels":{"a":"1","A":"2","Size":"3"}}"#,
        r#"{"unknown":{"a":1,"A":2}}"#,
        r#"{"strasse":1,"stra\u00dfe":2}"#,
        r#"[{"Size":1}]"#,
    ] {
        assert!(parse(json).unwrap().checked(&SMALL).is_ok(), "{json}");
    }
}

#[test]
fn shapes_are_found_by_pointer() {
    assert_eq!(SMALL.at("/inner/7/Cmd"), Some(&Shape::Text));
    assert_eq!(SMALL.at("/labels/x"), Some(&Shape::Text));
    assert_eq!(SMALL.at(""), Some(&SMALL));
    assert_eq!(SMALL.at("/other"), None);
    assert_eq!(SMALL.at("/size/0"), None);
}
