//! Compilers in the image that is shipped.

use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::apk::APK;
use super::apt::{self, APT};
use super::rpm::RPM;
use crate::dockerfile::{Arguments, Keyword};

/// Images that are there to build with.
const BASES: &[&str] = &["golang", "rust", "maven", "gradle", "gcc", "haskell"];

/// Packages of compilers, and such that bring them.
const PACKAGES: &[&str] = &[
    "build-essential",
    "build-base",
    "alpine-sdk",
    "gcc",
    "g++",
    "gcc-c++",
    "clang",
    "cmake",
    "golang",
    "golang-go",
    "go",
    "rustc",
    "cargo",
    "rust",
    "default-jdk",
    "default-jdk-headless",
    "maven",
    "gradle",
    "@development-tools",
    "@development",
    "Development Tools",
    "@Development Tools",
];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    if !scope.stage.ships {
        return;
    }
    if step.command.keyword == Keyword::From {
        let base = scope.stage.base.as_deref().filter(|_| scope.stage.parent.is_none()).unwrap_or_default();
        if let (true, Arguments::Words(words)) = (is_for_building(base), &step.command.arguments)
            && let Some(word) = words.first()
        {
            finds.part(&cases::COMPILERS_BASE, step, &word.range);
        }
        return;
    }
    let removed = APT.calls(step).any(|call| matches!(APT.subcommand(call), Some("purge" | "remove" | "autoremove")))
        || APK.calls(step).any(|call| APK.subcommand(call) == Some("del"))
        || RPM.calls(step).any(|call| matches!(RPM.subcommand(call), Some("remove" | "erase" | "autoremove")));
    if removed {
        return;
    }
    if let Some(call) = apt::installs(step, is_compiler) {
        finds.call(&cases::COMPILERS_INSTALLED, step, call);
    }
    for call in APK.calls(step) {
        let name = |text: &str| text.split(['=', '~', '<', '>', '@']).next().map(str::to_owned).unwrap_or_default();
        if APK.subcommand(call) == Some("add") && APK.packages(call).any(|package| is_compiler(&name(&package.text))) {
            finds.call(&cases::COMPILERS_INSTALLED, step, call);
        }
    }
    for call in RPM.calls(step) {
        let installs = matches!(RPM.subcommand(call), Some("install" | "in" | "groupinstall"));
        if installs && RPM.packages(call).any(|package| is_compiler(without_version(&package.text))) {
            finds.call(&cases::COMPILERS_INSTALLED, step, call);
        }
    }
}

fn is_for_building(base: &str) -> bool {
    let name = base.split('@').next().unwrap_or_default();
    let path = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(path, _)| path);
    path.ends_with("dotnet/sdk") || BASES.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// `gcc-12.2.0-1` as `gcc`.
fn without_version(package: &str) -> &str {
    let at = package
        .match_indices('-')
        .find(|(at, _)| package[at + 1..].starts_with(|letter: char| letter.is_ascii_digit()));
    at.map_or(package, |(at, _)| &package[..at])
}

fn is_compiler(name: &str) -> bool {
    let numbered = ["gcc-", "g++-", "clang-", "golang-"].iter().any(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit() || letter == '.'))
    });
    let jdk = (name.starts_with("openjdk") || name.starts_with("java-"))
        && (name.contains("-jdk") || name.ends_with("-devel"));
    PACKAGES.contains(&name) || numbered || jdk
}
