//! What is written in one line: references, names, digests, platforms, dates, challenges; and capabilities.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::digest::Digest;
use reprove::image::capability::FileCapabilities;
use reprove::image::entry::normalise;
use reprove::image::platform::Platform;
use reprove::image::provenance::{ImagePurl, material_key};
use reprove::policy::{Date, Pattern};
use reprove::reference::Reference;
use reprove::report::escape::escape;
use reprove::source::fuzzing;

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    match choice % 10 {
        0 => {
            if let Ok(reference) = Reference::parse(&text) {
                assert_eq!(reference.typed, text);
            }
        }
        1 => {
            if let Some((name, shown)) = fuzzing::name(&text) {
                let again = fuzzing::name(&name).expect("a name in full is a name");
                assert_eq!((name, shown), again);
            }
        }
        2 => {
            if let Ok(digest) = Digest::parse(&text) {
                assert_eq!(digest.to_string(), text);
            }
        }
        3 => {
            if let Ok(platform) = Platform::parse(&text) {
                assert_eq!(platform.key(), platform.key().key());
                assert_eq!(Platform::parse(&platform.to_string()).as_ref(), Ok(&platform));
            }
        }
        4 => {
            if let Some(date) = Date::parse(&text) {
                assert_eq!(date.to_string(), text);
            }
        }
        5 => {
            let _ = fuzzing::challenges(data);
        }
        6 => {
            let _ = FileCapabilities::decode(data);
        }
        7 => {
            let _ = (ImagePurl::parse(&text), material_key(&text));
        }
        8 => {
            let name = normalise(data);
            assert_eq!(normalise(name), name);
            assert!(!name.starts_with(b"/") && !name.ends_with(b"/"));
        }
        _ => {
            let escaped = escape(&text);
            assert!(!escaped.chars().any(char::is_control), "{escaped:?}");
            let (pattern, path) = text.split_once('\n').unwrap_or((&text, &text));
            if let Ok(pattern) = Pattern::new(pattern) {
                let _ = pattern.matches(path.as_bytes());
            }
        }
    }
});
