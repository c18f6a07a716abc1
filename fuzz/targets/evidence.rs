//! Bundles, envelopes and statements that others wrote: whatever is in them, they are evidence only where they are signed,
//! about the image, and without contradiction.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reprove::digest::Digest;
use reprove::evidence::{
    Earlier, Envelope, Form, PrivateKey, PublicKey, Reason, Requirements, attachable, decide, generate, line_of_other,
    recognize, verify,
};

static KEY: LazyLock<(PrivateKey, Vec<PublicKey>)> = LazyLock::new(|| {
    let pair = generate(&[1; 88], None).unwrap().unwrap();
    let key = PrivateKey::read(pair.private.as_bytes(), None).unwrap();
    let public = key.public().unwrap();
    (key, vec![public])
});

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let (key, keys) = &*KEY;
    let image = Digest::parse(&format!("sha256:{}", "1".repeat(64))).unwrap();
    let signed;
    let (bytes, form) = match kind % 4 {
        0 => (bytes, Form::Bundle),
        1 => (bytes, Form::Envelope),
        // Signed by a key that is trusted: only what it says can be wrong with it.
        2 => {
            signed = serde_json::to_vec(&Envelope::sign(bytes, key)).unwrap();
            (signed.as_slice(), Form::Envelope)
        }
        _ => {
            let _ = PublicKey::read(bytes);
            let _ = PrivateKey::read(bytes, None);
            let _ = Requirements::parse(&String::from_utf8_lossy(bytes));
            return;
        }
    };
    if let (Form::Bundle, Ok(attachable)) = (form, attachable(bytes.to_vec(), &image)) {
        assert_eq!(attachable.artifact.bytes, bytes);
    }
    for other in recognize(bytes, keys, &image) {
        // What others wrote is shown, and can be nothing but text in one line.
        let line = line_of_other(&other);
        assert!(line.chars().all(|letter| !letter.is_control()) && line.len() < 1 << 15);
    }
    let Ok(verified) = verify(bytes, form, keys, &image) else { return };
    assert!(Earlier::read(bytes, keys).is_ok());
    assert_eq!(verified.signers, *keys);
    let _ = verified.line();
    if decide(&[verified.clone()], &Requirements::default(), 0).is_ok() {
        assert!(verified.verdict.passes());
        assert!(!verified.comparison.reasons.contains(&Reason::Unexplained));
        let sections = verified.comparison.platforms.iter().map(|platform| &platform.differences);
        assert!(sections.clone().all(|section| section.gaps.is_empty()));
        assert!(sections.flat_map(|section| &section.causes).all(|cause| cause.id.is_some()));
    }
});
