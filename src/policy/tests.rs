use super::*;
use crate::explain::sample::{self, DIGEST, DRIFT, MTIME};
use crate::finding::{Aspect, Kind, Location, Value};

const KNOWN: &[&str] = &["entry-mtime", "package-drift", "layer-digest"];

fn parse(text: &str) -> Policy {
    Policy::parse("p.toml", text, KNOWN).unwrap()
}

fn refusal(text: &str) -> String {
    Policy::parse("p.toml", text, KNOWN).unwrap_err().to_string()
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn today() -> Date {
    date("2026-01-31")
}

#[test]
fn the_default_accepts_cosmetic_causes_and_strict_nothing() {
    let cosmetic = sample::explained(sample::mtime(1, "a"), Claim::Proven, Some(&MTIME));
    let behavioural = sample::explained(sample::mtime(1, "a"), Claim::Attributed, Some(&DRIFT));
    let default = Policy::default_policy();
    assert!(default.judge(&cosmetic, today()).is_some_and(|reason| !reason.is_empty()));
    assert_eq!(default.judge(&behavioural, today()), None);
    assert_eq!(Policy::strict().judge(&cosmetic, today()), None);
}

#[test]
fn what_is_unexplained_or_derived_from_nothing_is_never_accepted() {
    let all = "name = \"n\"\n[[accept]]\nseverity = \"cosmetic\"\nreason = \"r\"\n[[accept]]\nseverity = \"security\"\nreason = \"r\"";
    let policy = parse(all);
    assert_eq!(policy.judge(&sample::explained(sample::mtime(1, "a"), Claim::Unexplained, None), today()), None);
    let confused = sample::explained(sample::mtime(1, "a"), Claim::Unexplained, Some(&MTIME));
    assert_eq!(policy.judge(&confused, today()), None);
    assert_eq!(policy.judge(&sample::derived(sample::mtime(1, "a"), &DIGEST, &[]), today()), None);
    assert!(policy.judge(&sample::derived(sample::mtime(1, "a"), &DIGEST, &[(1, 0)]), today()).is_some());
}

#[test]
fn globs_do_not_cross_slashes_and_match_bytes() {
    let accepts = |glob: &str, path: &[u8]| {
        let policy = parse(&format!(
            "name = \"n\"\nextends = \"strict\"\n[[accept]]\ncause = \"entry-mtime\"\npath = '{glob}'\nreason = \"r\""
        ));
        let mut finding = sample::mtime(1, "");
        finding.location.path = Some(path.into());
        policy.judge(&sample::explained(finding, Claim::Proven, Some(&MTIME)), today()).is_some()
    };
    assert!(accepts("usr/*/x", b"usr/lib/x"));
    assert!(accepts("/usr/*/x", b"usr/lib/x"), "a leading slash means the same");
    assert!(!accepts("usr/*", b"usr/lib/x"));
    assert!(accepts("usr/**", b"usr/lib/x"));
    assert!(accepts("**/*.pyc", b"usr/lib/x.pyc"));
    assert!(!accepts("lib/x", b"usr/lib/x"));
    assert!(!accepts("var/log/**", b"var/log/../../usr/bin/x"), "the path is what the name stands for");
    assert!(accepts("usr/bin/*", b"var/log/../../usr/./bin//x"));
    assert!(accepts("usr/*", b"usr/\xff\xfe"));
    assert!(accepts("usr/{a,b}", b"usr/b"));
    assert!(accepts(r"usr/\*", b"usr/*"));
    assert!(!accepts(r"usr/\*", b"usr/a"));
}

/// `srv/cache` may be a symbolic link to `/usr/bin`: then `srv/**` is not about what is unpacked there.
#[test]
fn a_path_does_not_hold_behind_a_symbolic_link() {
    let accepts = |glob: &str, astray: bool| {
        let policy = parse(&format!(
            "name = \"n\"\nextends = \"strict\"\n[[accept]]\ncause = \"entry-mtime\"\npath = '{glob}'\nreason = \"r\""
        ));
        let explained = sample::explained(sample::mtime(1, "srv/cache/tool"), Claim::Proven, Some(&MTIME));
        policy.judge(&Explained { astray, ..explained }, today()).is_some()
    };
    for glob in ["srv/**", "srv/cache/tool", "**/cache/*", "**/{cache,x}/**"] {
        assert!(accepts(glob, false) && !accepts(glob, true), "{glob}");
    }
    for glob in ["**", "**/tool", "**/*"] {
        assert!(accepts(glob, false) && accepts(glob, true), "{glob}");
    }
}

#[test]
fn a_path_holds_for_entries_only_and_a_field_exactly_or_as_a_glob() {
    let policy = |line: &str| {
        parse(&format!(
            "name = \"n\"\nextends = \"strict\"\n[[accept]]\ncause = \"entry-mtime\"\n{line}\nreason = \"r\""
        ))
    };
    let label = Location::field_of(Kind::Config, "/config/Labels/[x]");
    let label = sample::finding(label, Aspect::Value, Value::text("a"), Value::text("b"), 1);
    let label = sample::explained(label, Claim::Proven, Some(&MTIME));
    assert!(policy("").judge(&label, today()).is_some());
    assert!(policy("path = '**'").judge(&label, today()).is_none());
    assert!(policy("field = '/config/Labels/[x]'").judge(&label, today()).is_some(), "exactly");
    assert!(policy("field = '/config/Labels/*'").judge(&label, today()).is_some());
    assert!(policy("field = '/config/*'").judge(&label, today()).is_none());
}

#[test]
fn rules_hold_through_their_last_day() {
    let policy = parse(
        "name = \"n\"\nextends = \"strict\"\n[[accept]]\ncause = \"entry-mtime\"\nreason = \"r\"\nexpires = \"2026-01-31\"",
    );
    let finding = sample::explained(sample::mtime(1, "a"), Claim::Proven, Some(&MTIME));
    assert_eq!(policy.judge(&finding, date("2026-01-31")), Some("r"));
    assert_eq!(policy.judge(&finding, date("2026-02-01")), None);
    assert!(policy.expires() && !Policy::default_policy().expires());
}

#[test]
fn rules_of_the_file_come_first_and_those_that_do_nothing_are_told() {
    let policy = parse(
        "name = \"n\"\n[[accept]]\ncause = \"entry-mtime\"\nreason = \"mine\"\n[[accept]]\ncause = \"package-drift\"\n\
         reason = \"old\"\nexpires = \"2025-01-01\"\n[[accept]]\ncause = \"entry-mtime\"\npath = \"none\"\nreason = \"idle\"",
    );
    let explanation = sample::different();
    let judgement = policy.judge_all(&explanation, today());
    let findings = &explanation.platforms[0].findings;
    assert_eq!(judgement.reasons[0], []);
    assert_eq!(judgement.reasons[1].len(), findings.len());
    for (explained, reason) in findings.iter().zip(&judgement.reasons[1]) {
        assert_eq!(policy.judge(&explained, today()), *reason);
        if explained.cause.is_some_and(|cause| cause.id == "entry-mtime") {
            assert_eq!(*reason, Some("mine"));
        }
    }
    let numbers = |rule: &Rule| rule.entry.unwrap().number;
    assert_eq!(judgement.unused.iter().map(|rule| numbers(rule)).collect::<Vec<_>>(), [3]);
    assert_eq!(judgement.expired.iter().map(|(rule, count)| (numbers(rule), *count)).collect::<Vec<_>>(), [(2, 1)]);
}

#[test]
fn a_built_in_rule_that_matches_nothing_is_not_told() {
    let explanation = sample::explanation(vec![sample::platform(Vec::new())]);
    assert!(Policy::default_policy().judge_all(&explanation, today()).unused.is_empty());
}

#[test]
fn extending_defaults_to_default() {
    let strict = parse("name = \"n\"\nextends = \"strict\"");
    assert!(strict.rules.is_empty());
    assert_eq!(parse("name = \"n\"").rules, Policy::default_policy().rules);
    assert_eq!(parse("name = \"n\"\nextends = \"default\"").rules, Policy::default_policy().rules);
}

#[test]
fn mistakes_are_refused_with_their_place() {
    let entry =
        |rest: &str| format!("name = \"n\"\n\n[[accept]]\ncause = \"entry-mtime\"\nreason = \"r\"\n[[accept]]\n{rest}");
    let wrong = |rest: &str| refusal(&entry(rest));
    for blank in [
        "cause = \"entry-mtime\"",
        "cause = \"entry-mtime\"\nreason = \"\"",
        "cause = \"entry-mtime\"\nreason = \" \\t\"",
    ] {
        assert_eq!(
            wrong(blank),
            "p.toml: line 6: accept entry 2: the reason is missing or empty: say why this difference is acceptable"
        );
    }
    assert_eq!(
        wrong("reason = \"r\"\ncause = \"entry-mtimes\""),
        "p.toml: line 8: accept entry 2: unknown cause \"entry-mtimes\", did you mean \"entry-mtime\"? (\"reprove causes\" lists them)"
    );
    assert!(wrong("reason = \"r\"\ncause = \"zzzzzzzzzzz\"").contains("unknown cause \"zzzzzzzzzzz\" ("));
    assert_eq!(
        wrong("reasn = \"r\"\ncause = \"entry-mtime\""),
        "p.toml: line 7: accept entry 2: unknown key \"reasn\", did you mean \"reason\"?"
    );
    assert!(wrong("reason = \"r\"").contains("line 6: accept entry 2: needs either a cause or a severity"));
    assert!(wrong("cause = \"entry-mtime\"\nseverity = \"cosmetic\"\nreason = \"r\"").contains("only one of them"));
    assert!(
        wrong("severity = \"cosmetics\"")
            .contains("line 7: accept entry 2: unknown severity \"cosmetics\", did you mean")
    );
    assert!(wrong("path = \"a[\"").contains("line 7: accept entry 2: path \"a[\" is not a glob: "));
    assert!(wrong("path = \"\"").contains("path is empty"));
    assert!(wrong("path = 3").contains("line 7: accept entry 2: path must be a text"));
    for wrong_date in ["\"2026-02-30\"", "\"tomorrow\"", "3", "2026-01-01T00:00:00Z"] {
        assert!(wrong(&format!("expires = {wrong_date}")).contains("line 7: accept entry 2: expires must be a date"));
    }
    assert!(refusal("nme = \"n\"").contains("line 1: unknown key \"nme\", did you mean \"name\"?"));
    assert!(refusal("extends = \"strict\"").contains("the policy has no name"));
    assert!(refusal("name = \" \"").contains("line 1: name must be"));
    assert!(refusal("name = \"n\"\nextends = \"mine\"").contains("line 2: extends must be"));
    assert!(refusal("name = \"n\"\naccept = \"all\"").contains("line 2: accept must be a list"));
    assert!(refusal("name = \"n\"\n[[accept]\n").starts_with("p.toml: line 2: "));
}

#[test]
fn a_toml_date_is_a_date() {
    let policy = parse("name = \"n\"\n[[accept]]\ncause = \"entry-mtime\"\nreason = \"r\"\nexpires = 2026-12-31");
    assert_eq!(policy.rules[0].expires, Some(date("2026-12-31")));
}

#[test]
fn the_canonical_text_hides_nothing() {
    let hidden = ["\u{202e}", "\u{9b}", "\u{200b}", "\u{2066}"];
    let [mirrored, _, wide, isolate] = hidden;
    let policy = parse(&format!(
        "name = 'a{mirrored}b{wide}'\n[[accept]]\ncause = 'entry-mtime'\nreason = '''\nfine{isolate}\n\\u0085'''\n\
         path = 'etc/{mirrored}*'\nfield = \"\\u009b\""
    ));
    let text = policy.canonical_text();
    assert!(!hidden.iter().any(|hidden| text.contains(hidden)), "{text}");
    assert!(text.starts_with("name = \"a\\U0000202eb\\U0000200b\"\n"), "{text}");
    assert!(text.contains("reason = \"fine\\U00002066\\n\\\\u0085\"\n"), "{text}");
    assert_eq!(parse(&text).digest(), policy.digest());
}

#[test]
fn the_canonical_text_is_the_policy() {
    let text = "extends = \"default\"\nname = \"a \\\"b\\\"\"\n[[accept]]\nreason = \"it's\\nfine\"\ncause = \"entry-mtime\"\n\
                path = '/usr/**'\nfield = \"header.*\"\nexpires = 2026-12-31";
    let policy = parse(text);
    let again = parse(&policy.canonical_text());
    assert_eq!(again.canonical_text(), policy.canonical_text());
    assert_eq!(again.digest(), policy.digest());
    assert_ne!(policy.digest(), Policy::default_policy().digest());
    let reworded = parse(&text.replace("fine", "good"));
    assert_ne!(reworded.digest(), policy.digest());
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*", id in "[a-z-]{0,12}") {
        let _ = Policy::parse("p", &text, KNOWN);
        let _ = Policy::parse("p", &format!("name = \"n\"\n[[accept]]\ncause = \"{id}\"\npath = '''{text}'''\nreason = \"r\""), KNOWN);
    }
}
