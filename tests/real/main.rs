//! Tests with real registries and the programs that people use beside them: `scripts/test-real` installs what they need
//! and runs them. One that lacks something says so in a line that opens with `NOT RUN: `.

#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]
#![expect(clippy::print_stderr, reason = "what did not run is said there")]

/// A disk that is full.
mod disk;
/// Images of the Docker engine and of containers-storage.
mod engines;
/// Layers made by chance on overlayfs.
mod overlay;
/// `reprove lint` beside hadolint.
mod lint;
/// Images in Debian's `docker-registry`.
mod registry;
/// Programs that are started, and waited for.
mod tools;
/// Layers made by chance, unpacked by containers/storage.
mod unpack_vfs;
#[allow(dead_code, reason = "what only the tests of causes need is not used here")]
#[path = "../it/fixture/mod.rs"]
mod fixture;
#[allow(dead_code, reason = "shared with the tests that need no runtime")]
#[path = "../unpack/mod.rs"]
mod unpack;
#[allow(dead_code, reason = "whether two images are the same to it is asked elsewhere")]
#[path = "../oracle/mod.rs"]
mod oracle;
#[allow(dead_code, reason = "what only the tests with a registry of their own need is not used here")]
#[path = "../home/mod.rs"]
mod home;
#[allow(dead_code, reason = "what only the tests with a registry of their own need is not used here")]
#[path = "../web/mod.rs"]
mod web;
