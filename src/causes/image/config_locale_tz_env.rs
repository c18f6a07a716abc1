//! # What differs
//!
//! The locale or the time zone of the image: the variables `LANG`, `LANGUAGE`, `LC_*` and `TZ` of the configuration,
//! the target of the link `/etc/localtime`, or the content of `/etc/timezone`, `/etc/default/locale` or
//! `/etc/locale.gen`.
//!
//! # Why it happens
//!
//! The build takes over the settings of its host, or a package asks for them at installation.
//!
//! # How to fix the build
//!
//! Set the locale and the time zone at the top of the Dockerfile.
//!
//! # When it is not harmless
//!
//! Programs sort, format and read text by the locale, and show times by the zone.

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Inside, Names, Path, Place, VALUE};
use crate::causes::shape::environment::value_of;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Locale and time zone.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-locale-tz-env",
    title: "Locale and time zone",
    source: include_str!("config_locale_tz_env.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: VALUE, field: Field::Variable(Names::Like(VARIABLES)), ..Place::CONFIG },
        Place { aspects: &[Aspect::LinkName], path: Path::Like(&["etc/localtime"]), ..Place::ENTRY },
        Place {
            aspects: &[Aspect::Content],
            path: Path::Like(&["etc/timezone", "etc/default/locale", "etc/locale.gen"]),
            inside: Inside::No,
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::LOCALE],
};

/// A path and the test of its lines.
type SettingFile = (&'static [u8], fn(&str) -> bool);

/// Content of a file that names a locale or a zone.
const FILES: &[SettingFile] =
    &[(b"etc/timezone", is_zone), (b"etc/default/locale", is_locale_setting), (b"etc/locale.gen", is_generated_locale)];

/// The variables of a locale (locale(7)) and of the time zone (tzset(3)).
const VARIABLES: &[&str] = &[
    "LANG",
    "LANGUAGE",
    "LC_ADDRESS",
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
    "TZ",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let holds = match view.aspect {
        Aspect::LinkName => view.text().and_then(zone_of_link).is_some_and(is_zone),
        Aspect::Content => lines(view).is_some(),
        _ => view.is_absent() || value_of(view.value).is_some_and(|value| value.is_empty() || is_name(value)),
    };
    holds.then(Canonical::new)
}

/// The zone that a link to a file of the zone database names.
fn zone_of_link(target: &str) -> Option<&str> {
    ["/usr/share/zoneinfo/", "../usr/share/zoneinfo/"].into_iter().find_map(|prefix| target.strip_prefix(prefix))
}

/// Whether every line of the file is what belongs there.
fn lines(view: &View<'_>) -> Option<()> {
    let (_, is_line) = FILES.iter().find(|(path, _)| *path == view.location.path_bytes())?;
    let text = std::str::from_utf8(view.file?).ok()?;
    text.lines().all(is_line).then_some(())
}

/// A name of a locale or of a zone. It never names a file.
fn is_name(text: &str) -> bool {
    text.len() <= 128
        && !text.starts_with(['/', ':'])
        && !text.contains("..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.@:-+/,<>".contains(&byte))
}

fn is_zone(text: &str) -> bool {
    !text.is_empty() && is_name(text)
}

fn is_locale_setting(line: &str) -> bool {
    let setting = || {
        let (name, value) = line.split_once('=')?;
        let value = value.strip_prefix('"').map_or(Some(value), |value| value.strip_suffix('"'))?;
        Some(VARIABLES.contains(&name) && is_name(value))
    };
    line.is_empty() || line.starts_with('#') || setting() == Some(true)
}

fn is_generated_locale(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    line.is_empty() || line.starts_with('#') || (words.len() == 2 && words.into_iter().all(is_name))
}
