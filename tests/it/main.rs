//! The integration tests: one binary, so that they link once and run side by side.

#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

/// What must hold of the source tree itself: dependency order, one place for I/O, lists that match directories.
mod architecture;
/// The cache of blobs, used by several programs at once.
mod cache;
/// The canonical digest: what it commits to, and what claims leave out of it.
mod canonical;
/// No file leads back to itself.
mod circles;
/// The program as users run it: exit codes, options, outputs, hostile images.
mod cli;
/// Image pairs written down as JSON and built from it.
mod fixture;
/// What fuzzing found, and must not find again.
mod found;
/// Images that try to do harm, and machines that fail.
mod hostile;
/// Hazards that are planted, and found.
mod lint;
/// What must hold of any comparison.
mod invariants;
/// A report with the sides exchanged.
mod mirror;
/// What a runtime would make of images that passed.
#[allow(dead_code, reason = "what overlayfs shows is held against it elsewhere")]
#[path = "../oracle/mod.rs"]
mod oracle;
/// What must hold of any two images, tried with images made by chance.
mod random_images;
/// The merged trees of layers made by chance against a file system in memory.
mod rootfs;
/// Images in registries: a registry of the test's own, and every way in which one can fail.
mod registry;
/// The program in a home of its own, with an end to its patience.
#[allow(dead_code, reason = "what only the tests with real registries need is not used here")]
#[path = "../home/mod.rs"]
mod home;
#[allow(dead_code, reason = "what only the tests with real runtimes need is not used here")]
#[path = "../unpack/mod.rs"]
mod unpack;
#[allow(dead_code, reason = "what only the tests with real registries need is not used here")]
#[path = "../web/mod.rs"]
mod web;
