use super::*;

const RUST: &str = "TakeWhile$LT$I$C$P$GT$$u20$as$u20$core..iter..traits..iterator..Iterator$GT$8try_fold17h1b5e";

#[test]
fn hashes_with_an_opening() {
    let long = "a".repeat(128);
    for hash in [
        format!("$6$salt${}", &long[..86]),
        format!("$6$rounds=5000$salt${}", &long[..86]),
        format!("$5$salt${}", &long[..43]),
        format!("$y$j9T$salt${}", &long[..43]),
        format!("$gy$j9T$salt${}", &long[..43]),
        format!("$7$CU..../....salt${}", &long[..43]),
        format!("$sm3$salt${}", &long[..43]),
        format!("$2a$12${}", &long[..53]),
        format!("$2b$12${}", &long[..53]),
        format!("$2y$12${}", &long[..53]),
        format!("$1$salt${}", &long[..22]),
        format!("$apr1$salt${}", &long[..22]),
        format!("$3$${}", &long[..32]),
        format!("$md5,rounds=9$salt$${}", &long[..22]),
        format!("$sha1$9$salt${}", &long[..28]),
        format!("$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ${}", &long[..43]),
        "{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=".to_owned(),
        "{ssha}W6ph5Mm5Pz8GgiULbPgzG37mj9gGbWQ4cDQ=".to_owned(),
        format!("{{CRYPT}}$6$salt${}", &long[..86]),
        format!("SCRAM-SHA-256$4096:c2FsdA==${}:x", &long[..43]),
        format!("$P$B{}", &long[..30]),
        format!("$S$D{}", &long[..51]),
    ] {
        assert!(holds(format!("root:{hash}:1:").as_bytes()), "{hash}");
        assert!(crypt_hash(&hash).is_some() || password_field(&format!("a:{hash}")).is_some(), "{hash}");
    }
    for other in ["echo $6$ $1 $y$ $5", "{SHA}", "${SHA}abc", "costs $6 a day", "awk '{print $1$2}'", RUST] {
        assert!(!holds(other.as_bytes()), "{other}");
    }
    assert_eq!(crypt_hash(&RUST[16..]), None, "{}", &RUST[16..]);
}

/// By the definition: what follows each opening, looked at for itself.
fn holds_one(bytes: &[u8]) -> bool {
    let whole = |at: usize| {
        let (opening, least) = opening_of(&bytes[at..])?;
        let rest = bytes[at + opening.len()..].iter().take(LONGEST);
        if IN_ONE_PART.contains(&opening) && first_part(&bytes[at + opening.len()..]) < least {
            return None;
        }
        let rest: Vec<u8> = rest.copied().take_while(|byte| is_of_hash(*byte, opening == SCRAM)).collect();
        rest.split(|byte| ends_part(*byte)).any(|part| part.len() >= least).then_some(())
    };
    (0..bytes.len()).any(|at| whole(at).is_some())
}

proptest::proptest! {
    #[test]
    fn it_is_as_if_every_opening_was_looked_at_for_itself(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "$6$", "$5$", "$1$", "$md5,", "$argon2", "{SHA}", "{CRYPT}", "{PBKDF2", SCRAM, "$", ":", " ", "{", "}", "a",
                "aaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccccccccccccccccccccccc", "-",
            ]),
            0..60,
        ),
    ) {
        let text = words.concat();
        proptest::prop_assert_eq!(holds(text.as_bytes()), holds_one(text.as_bytes()));
    }
}

#[test]
fn repeated_openings_cost_a_few_steps_a_byte() {
    let (part, long) = ("a".repeat(SHORTEST), "a".repeat(21));
    let openings = || METHODS.iter().chain(SCHEMES).map(|(opening, _)| *opening);
    for opening in openings().filter(|opening| *opening != SCRAM) {
        for unit in [opening.to_owned(), format!("{opening}${part}"), format!("{}{long}$", opening.repeat(8))] {
            let text = unit.repeat(40_000 / unit.len());
            let mut parts = Parts::new(text.as_bytes(), false);
            for (at, _) in text.match_indices(['$', '{']) {
                if let Some((opening, _)) = opening_of(&text.as_bytes()[at..]) {
                    parts.longest(at + opening.len());
                }
            }
            assert!(parts.steps <= 4 * text.len(), "{unit}: {} steps for {}", parts.steps, text.len());
        }
    }
    let text = SCRAM.repeat(3000);
    let mut parts = Parts::new(text.as_bytes(), true);
    for (at, _) in text.match_indices(SCRAM) {
        assert!(parts.longest(at + SCRAM.len()) < 43);
    }
    assert!(parts.steps <= 4 * text.len());
}

#[test]
fn every_opening_is_known() {
    for (opening, least) in METHODS.iter().chain(SCHEMES) {
        let text = format!("x:{opening}{}:", "a".repeat(*least));
        assert!(holds(text.as_bytes()), "{opening}");
    }
}

#[test]
fn hashes_without_an_opening_are_known_by_their_place() {
    for (line, hash) in [
        ("root:Ab3dEfGhIjKlM:19000:0:99999:7:::", "Ab3dEfGhIjKlM"),
        ("root:!Ab3dEfGhIjKlM:19000:0:99999:7:::", "!Ab3dEfGhIjKlM"),
        ("root:Ab3dEfGhIjKlM:0:0:root:/root:/bin/sh", "Ab3dEfGhIjKlM"),
        ("adm:Ab3dEfGhIjKlM::root", "Ab3dEfGhIjKlM"),
        ("root:_J9..rasmBYk8r9AiWNc:19000::::::", "_J9..rasmBYk8r9AiWNc"),
        (
            "me:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[U          ]:LCT-1:",
            "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C",
        ),
    ] {
        let (from, to) = password_field(line).unwrap();
        assert_eq!(&line[from..to], hash);
    }
    for line in [
        "root:*:19000:0:99999:7:::",
        "root:x:0:0:root:/root:/bin/sh",
        "adm:x:4:syslog",
        "passwd: files systemd",
        "name:configuration",
        "Priority:Deprecated1.x",
        "host:192.168.100.10",
        "a:b",
    ] {
        assert_eq!(password_field(line), None, "{line}");
    }
}

#[test]
fn passwords_of_shadow_files() {
    for locked in ["", "*", "!", "!!", "!*", "x"] {
        assert!(!is_password(locked.as_bytes()), "{locked}");
    }
    for password in ["$6$a$b", "!$6$a$b", "ab1Q9e8a3Cdef", "plain"] {
        assert!(is_password(password.as_bytes()), "{password}");
    }
}
