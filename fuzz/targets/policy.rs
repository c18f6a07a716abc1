//! Policy files: what is accepted, written out in full, means the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::policy::Policy;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let known: Vec<&str> = reprove::causes::LIST.iter().map(|cause| cause.id).collect();
    let Ok(policy) = Policy::parse("policy.toml", text, &known) else { return };
    let full = policy.canonical_text();
    let again = Policy::parse("policy.toml", &full, &known).expect("a policy in full is a policy");
    assert_eq!(again.canonical_text(), full);
    assert_eq!(again.digest(), policy.digest());
});
