//! Files with fields: compiled Python, caches of the linker and of fontconfig, shadow files, RECORD.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::content::aux_cache::aux_cache_entries;
use reprove_fuzz::partition;

const PATHS: [&str; 8] = [
    "usr/lib/python3/__pycache__/os.cpython-311.pyc",
    "var/cache/ldconfig/aux-cache",
    "var/cache/fontconfig/0123456789abcdef0123456789abcdef-le64.cache-7",
    "etc/shadow",
    "etc/gshadow-",
    "usr/lib/python3/dist-packages/pip-1.dist-info/RECORD",
    "usr/lib/os.pyc",
    "file",
];

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    partition::check(PATHS[usize::from(*choice) % PATHS.len()].as_bytes(), data);
    let _ = aux_cache_entries(data);
});
