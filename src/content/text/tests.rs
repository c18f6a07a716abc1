use super::*;
use proptest::prelude::*;

const WINDOW: Option<(i64, i64)> = Some((1_700_000_000, 1_800_000_000));

/// The text with placeholders written as `<class>`.
fn blank(text: &str) -> String {
    let (blanked, _) = blank_timestamps(text.as_bytes(), WINDOW);
    let mut open = false;
    let readable = |byte: u8| match byte {
        0 => {
            open = !open;
            if open { '<' } else { '>' }
        }
        byte => char::from(byte),
    };
    blanked.into_iter().map(readable).collect()
}

#[test]
fn whole_tokens() {
    for (text, class) in [
        ("2026-11-22T15:39:58Z", "rfc3339Z"),
        ("2026-11-22t15:39:58z".to_uppercase().as_str(), "rfc3339Z"),
        ("2026-11-22T15:39:58.123456789+01:00", "rfc3339+01:00"),
        ("2026-11-22T15:39:58-0800", "rfc3339-0800"),
        ("2026-11-22T15:39", "rfc3339 minutes"),
        ("2026-11-22 15:39:58", "datetime"),
        ("2026-11-22  15:39:58", "datetime"),
        ("2026-11-22 15:39:58,123", "datetime"),
        ("2026-11-22 15:39:58.123456 +0000 UTC", "datetime +0000> UTC"),
        ("2026-11-22 15:39:58 UTC", "datetime UTC"),
        ("2026-11-22 15:39:58+02", "datetime+02"),
        ("2026-11-22 15:39", "datetime minutes"),
        ("2026/11/22 15:39:58", "slash-datetime"),
        ("2026-11-22", "date"),
        ("2024-02-29", "date"),
        ("20261122T153958Z", "basicZ"),
        ("20261122T153958", "basic"),
        ("20261122153958", "basic"),
        ("Sun, 22 Nov 2026 15:39:58 +0000", "rfc2822 +0000"),
        ("Sun, 22 Nov 2026 15:39:58 GMT", "rfc2822 GMT"),
        ("Sun, 2 Nov 2026 15:39 -0300", "rfc2822 minutes -0300"),
        ("Sun Nov 22 15:39:58 2026", "asctime"),
        ("Sun Nov  2 15:39:58 2026", "asctime"),
        ("Sun Nov 22 15:39:58 UTC 2026", "asctime UTC"),
        ("Sun Nov 22 15:39:58 CEST 2026", "asctime CEST"),
        ("Sun Nov 22 15:39:58 +03 2026", "asctime +03"),
        ("Sun Nov 22 03:39:58 PM UTC 2026", "asctime halves UTC"),
        ("Sun 22 Nov 2026 03:39:58 PM UTC", "weekday-day-month halves UTC"),
        ("Nov 22 2026", "month-day day"),
        ("Nov  2 2026", "month-day day"),
        ("November 22, 2026", "month-day long day"),
        ("May 2, 2026", "month-day day"),
        ("Nov 22 2026, 15:39:58", "month-day"),
        ("Sunday, November 22, 2026", "weekday-month-day long day"),
        ("Nov 22 15:39:58", "syslog"),
        ("22 Nov 2026", "day-month day"),
        ("22 November 2026 15:39:58 +0000", "day-month long +0000"),
        ("22-Nov-2026 15:39:58", "dash-month"),
        ("22/Nov/2026:15:39:58 +0000", "common-log +0000"),
        ("1750000000", "epoch-seconds"),
        ("1750000000.123456", "epoch-seconds"),
        ("1750000000123", "epoch-milliseconds"),
    ] {
        let expected = if class.contains('>') { format!("<{class}") } else { format!("<{class}>") };
        assert_eq!(blank(text), expected, "{text}");
        assert_eq!(blank(&format!("[{text}] \"{text}\"")), format!("[{expected}] \"{expected}\""), "{text}");
    }
}

#[test]
fn what_is_around_stays() {
    for (text, expected) in [
        ("2026-11-22 15:39:58 ERROR boom", "<datetime> ERROR boom"),
        ("2026-11-22 15:39:58 startup packages remove", "<datetime> startup packages remove"),
        ("update-alternatives 2026-11-22 15:39:58: run", "update-alternatives <datetime>: run"),
        ("Start-Date: 2026-11-22  15:39:58\n", "Start-Date: <datetime>\n"),
        ("at 2026-11-22T15:39:58Z.", "at <rfc3339Z>."),
        ("2026-11-22T15:39:58.", "<rfc3339>."),
        ("{\"time\":1750000000123}", "{\"time\":<epoch-milliseconds>}"),
        ("backup_2026-11-22.tar", "backup_<date>.tar"),
        ("Built: R 4.2; ; 2026-11-22 15:39:58 UTC; unix", "Built: R 4.2; ; <datetime UTC>; unix"),
        ("2026-11-22/2026-11-23", "<date>/<date>"),
        ("2026-11-22 25:00:00", "<date> 25:00:00"),
        ("#Sun Nov 22 15:39:58 UTC 2026\r\n", "#<asctime UTC>\r\n"),
        ("(main, Nov 22 2026, 15:39:58) [GCC 12]", "(main, <month-day>) [GCC 12]"),
    ] {
        assert_eq!(blank(text), expected);
    }
}

#[test]
fn look_alikes_stay() {
    for text in [
        "1.2.3",
        "2024.01.01",
        "10.20.30.40",
        "192.168.001.001",
        "2024-13-01",
        "2024-02-30",
        "2023-02-29",
        "2024-00-10",
        "1979-12-31",
        "2101-01-01",
        "12024-01-01",
        "2024-01-011",
        "a2024-01-01",
        "2024-01-01a",
        "2024-1-1",
        "24-01-01",
        "2024-01-01T25:00:00Z",
        "2024-01-01T24:00",
        "2024-01-01Tomorrow",
        "x20240101T120000",
        "20240101",
        "20240101120000123",
        "9920240101120000",
        "20241301120000",
        "20240101T126000",
        "555-2024-01-01",
        "2024-01-01-2",
        "1-2024-01-01",
        "+1750000000",
        "555-1750000000",
        "0.1750000000",
        "1750000000.1.2",
        "01750000000",
        "1699999999",
        "1800000001",
        "175000000012",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "1750000000a",
        "a1750000000",
        "deadbeef1750000000",
        "Nov 31 2026",
        "Nov 22",
        "Novel 22 2026",
        "32 Nov 2026",
        "Sunday",
        "Mon 5",
        "May 2026",
        "15:39:58",
        "550e8400-e29b-41d4-a716-446655440000",
        "22/11/2026",
        "11/22/2026",
        "2024-01",
        "",
        "-",
        "2024",
        "Nov 22 1979",
        "Sat Nov 31 15:39:58 2026",
    ] {
        assert_eq!(blank(text), text);
    }
}

#[test]
fn what_is_style_is_kept() {
    for (one, other) in [
        ("Sun Nov 22 15:39:58 UTC 2026", "Sun Nov 22 15:39:58 JST 2026"),
        ("2026-11-22T15:39:58Z", "2026-11-22T15:39:58"),
        ("2026-11-22T15:39:58+01:00", "2026-11-22T15:39:58+02:00"),
        ("Sun 22 Nov 2026 03:39:58 PM UTC", "Sun 22 Nov 2026 03:39:58 UTC"),
        ("22 Nov 2026", "22 November 2026"),
        ("22 Nov 2026", "22 Nov 2026 15:39:58"),
        ("2026-11-22 15:39", "2026-11-22 15:39:58"),
    ] {
        assert_ne!(blank(one), blank(other));
    }
    for (one, other) in [
        ("2026-11-22T15:39:58.1Z", "2026-11-23T05:00:00Z"),
        ("Sun Nov 22 15:39:58 UTC 2026", "Wed Dec  2 01:02:03 UTC 2026"),
        ("Sun Nov 22 03:39:58 PM UTC 2026", "Mon Nov 23 03:39:58 AM UTC 2026"),
    ] {
        assert_eq!(blank(one), blank(other));
    }
}

#[test]
fn a_stamp_is_a_time() {
    let noon = 1_795_348_800; // 2026-11-22T12:00:00Z
    for (text, first, last, zone) in [
        ("2026-11-22T12:00:00Z", noon, noon, Zone::Ahead(0)),
        ("2026-11-22T12:00:00.9+01:30", noon, noon, Zone::Ahead(5400)),
        ("2026-11-22T12:00:00-0800", noon, noon, Zone::Ahead(-28_800)),
        ("2026-11-22 12:00", noon, noon + 59, Zone::Unsaid),
        ("2026-11-22", noon - 43_200, noon + 43_199, Zone::Unsaid),
        ("20261122T120000Z", noon, noon, Zone::Ahead(0)),
        ("20261122120000", noon, noon, Zone::Unsaid),
        ("Sun Nov 22 12:00:00 PM UTC 2026", noon, noon, Zone::Ahead(0)),
        ("Sun Nov 22 12:00:00 AM UTC 2026", noon - 43_200, noon - 43_200, Zone::Ahead(0)),
        ("Sun Nov 22 12:00:00 CET 2026", noon, noon, Zone::Named),
        ("22/Nov/2026:12:00:00 +0000", noon, noon, Zone::Ahead(0)),
        ("1750000000.5", 1_750_000_000, 1_750_000_000, Zone::Ahead(0)),
        ("1750000000999", 1_750_000_000, 1_750_000_000, Zone::Ahead(0)),
    ] {
        let stamp = stamp_at(text.as_bytes(), 0, WINDOW).unwrap();
        assert_eq!((stamp.end, stamp.seconds, stamp.zone), (text.len(), Some((first, last)), zone), "{text}");
    }
    assert_eq!(stamp_at(b"Nov 22 12:00:00", 0, None).unwrap().seconds, None);
}

#[test]
fn bare_numbers_need_a_window() {
    assert_eq!(blank_timestamps(b"1750000000", None), (b"1750000000".to_vec(), 0));
    assert_eq!(blank_timestamps(b"1700000000 1800000000 1800000000999", WINDOW).1, 3);
    assert_eq!(blank_timestamps(b"1750000000", Some((i64::MIN, i64::MAX))).1, 1);
}

#[test]
fn placeholders_cannot_be_written() {
    let forged = b"\0date\0";
    assert_eq!(blank_timestamps(forged, None), (forged.to_vec(), 0));
    let mixed = b"\0date\0 2026-11-22";
    assert_eq!(blank_timestamps(mixed, None), (mixed.to_vec(), 0));
    assert_ne!(blank_timestamps(b"2026-11-22", None), blank_timestamps(b"never", None));
    assert_ne!(blank_timestamps(b"2026-11-22", None).0, blank_timestamps(b"2026-11-22T15:39:58Z", None).0);
}

#[test]
fn text_and_no_text() {
    for text in [
        &b""[..],
        b"hello\r\n\tworld",
        "häß\u{2026}".as_bytes(),
        b"caf\xe9 au lait",
        b"\x1b[1mbold and so on and on\x1b[0m",
    ] {
        assert!(is_text(text), "{text:?}");
    }
    for bytes in [&b"a\0b"[..], b"\x7fELF\x02\x01\x01", b"\x89PNG\r\n\x1a\n", b"\x80\x81\x82abc", b"\xff\xfe\xfd"] {
        assert!(!is_text(bytes), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn what_is_no_token_is_kept(text in "([0-9]{1,4}|[-/:., T+Z]|Nov|Sun|[a-z]){0,40}") {
        let (blanked, count) = blank_timestamps(text.as_bytes(), WINDOW);
        prop_assert_eq!(blanked.iter().filter(|byte| **byte == 0).count(), 2 * count);
        prop_assert_eq!(count == 0, blanked == text.as_bytes());
        // Blanking again changes nothing.
        prop_assert_eq!(blank_timestamps(&blanked, WINDOW).0, blanked);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(1u8.., 0..200)) {
        let (blanked, count) = blank_timestamps(&bytes, WINDOW);
        prop_assert!(count > 0 || blanked == bytes);
    }

    #[test]
    fn every_valid_time_is_found(seconds in 315_532_800i64..4_102_444_800) {
        let time = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        for format in ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%a, %d %b %Y %H:%M:%S +0000", "%a %b %e %H:%M:%S %Y", "%Y%m%d%H%M%S", "%d/%b/%Y:%H:%M:%S +0000", "%b %e %Y", "%Y-%m-%d"] {
            let (blanked, count) = blank_timestamps(time.format(format).to_string().as_bytes(), None);
            prop_assert_eq!(count, 1);
            prop_assert!(blanked.starts_with(b"\0") && blanked.ends_with(b"\0"));
        }
    }
}
