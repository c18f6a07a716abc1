//! Text: what is text, the dates and times in it, secrets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::content::secret::Extent;
use reprove::content::{secret, text};

const PATHS: [&str; 4] = ["etc/shadow", "etc/ssh/ssh_host_rsa_key", "root/key.pem", "file"];

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let _ = text::is_text(data);
    let epochs = (choice & 1 != 0).then_some((1_000_000_000, 2_000_000_000));
    let (blanked, count) = text::blank_timestamps(data, epochs);
    assert_eq!(count == 0, blanked == data, "{count} timestamps");
    assert_eq!(text::blank_timestamps_where(data, epochs, &|_| false), (data.to_vec(), 0));
    let (again, none) = text::blank_timestamps(&blanked, epochs);
    assert_eq!((again, none), (blanked, 0));
    let found = secret::of(PATHS[usize::from(*choice >> 1) % PATHS.len()].as_bytes(), data);
    assert!(found.is_some() || secret::in_bytes(data).is_none());
    let text = String::from_utf8_lossy(data);
    for extent in [Extent::Line, Extent::Word, Extent::Instruction] {
        let mut end = 0;
        for span in secret::spans(&text, extent) {
            assert!(end <= span.from && span.from < span.to && text.get(span.from..span.to).is_some(), "{span:?}");
            end = span.to;
        }
    }
});
