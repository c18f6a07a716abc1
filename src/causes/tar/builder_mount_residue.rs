//! # What differs
//!
//! What a builder mounts into the container while RUN steps run and leaves behind in the layer: `/etc/hosts`,
//! `/etc/hostname`, `/etc/resolv.conf`, `/etc/mtab`, `/.dockerenv`, `/run/.containerenv`, empty stubs in `/dev`,
//! `/proc` and `/sys`, `/kaniko`.
//!
//! # Why it happens
//!
//! Mount points must exist, so builders create them; some write host names and addresses of the host into them.
//!
//! # How to fix the build
//!
//! Use a builder that cleans up.
//!
//! # When it is not harmless
//!
//! Runtimes mount their own files over these. It is excluded by path and shape, not proven: files must be short, plain
//! text of the expected form, without set-id or executable bits. A host table may name this machine, the host and the
//! builder's own containers; a resolver is one of the host's network or one of those that builders fall back to. Not every
//! runtime mounts its own: under `ctr run`, `chroot` or `runc` alone the image's is read. So a search list may name domains
//! of private networks and of clouds alone, and options those that builders copy from their hosts. `/.dockerenv` is empty, and
//! `/etc/mtab` a link to the kernel's own table. Nothing passes in the place of what the layers below have there, but for a
//! file in the place of a file and what runtimes mount over.

use std::net::IpAddr;

use crate::causes::fixes::builders;
use crate::causes::scope::{Path, Place, patterns};
use crate::causes::shape::leftover::LEFTOVER;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::entry::{Entry, EntryType};

/// What a builder mounts and leaves behind.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "builder-mount-residue",
    title: "Leftovers of builder mounts",
    source: include_str!("builder_mount_residue.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&patterns::<_, { SHAPES.len() }>(SHAPES)), ..LEFTOVER }],
    proof: Proof::Excluded(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &builders::BUILDKIT_MOUNTS,
        &builders::BUILDAH_HOSTS,
        &builders::KANIKO_PATH,
        &builders::CONTAINER_FILES,
        &builders::ONE_BUILDER,
    ],
};

/// What builders leave, and what is expected there.
const SHAPES: &[(&str, Shape)] = &[
    ("etc/hosts", Shape::Hosts),
    ("etc/hostname", Shape::HostName),
    ("etc/resolv.conf", Shape::Resolver),
    ("run/systemd/resolve/stub-resolv.conf", Shape::Resolver),
    ("etc/mtab", Shape::MountTable),
    ("run/.containerenv", Shape::ContainerMarker),
    (".dockerenv", Shape::Empty),
    ("run/secrets", Shape::Directory),
    ("run/systemd", Shape::Directory),
    ("run/systemd/resolve", Shape::Directory),
    ("kaniko", Shape::Directory),
    ("proc", Shape::Directory),
    ("sys", Shape::Directory),
    ("dev", Shape::Directory),
    ("dev/console", Shape::Stub),
    ("dev/pts", Shape::Stub),
    ("dev/shm", Shape::Stub),
    ("dev/mqueue", Shape::Stub),
];

/// Longer files are no leftovers.
const LONGEST: u64 = 4096;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let shape = Shape::of(view.location.path_bytes())?;
    let leftover = match view.entry {
        None => view.is_absent(),
        Some(entry) => shape.fits(entry, view.file) && is_roots(view.location.path_bytes(), entry),
    };
    leftover.then(Canonical::new)
}

/// Whether nobody but root can write there, where no runtime mounts something of its own over it: who owns `/run/systemd`
/// brings units for it, and `/run/.containerenv` is sourced by shells.
fn is_roots(path: &[u8], entry: &Entry) -> bool {
    let mounted = matches!(path, b"proc" | b"sys" | b"dev") || path.starts_with(b"dev/");
    // The mode of a symlink means nothing; kaniko's own directory lets everybody write.
    let open = entry.mode & 0o022 != 0 && entry.entry_type != EntryType::Symlink && path != b"kaniko";
    mounted || (entry.uid == 0 && entry.gid == 0 && !open)
}

/// What is expected at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Hosts,
    HostName,
    Resolver,
    MountTable,
    /// `KEY="VALUE"` lines, or nothing.
    ContainerMarker,
    /// A file of which only its name says something.
    Empty,
    Directory,
    /// An empty directory or file.
    Stub,
}

impl Shape {
    fn of(path: &[u8]) -> Option<Self> {
        SHAPES.iter().find(|(known, _)| known.as_bytes() == path).map(|(_, shape)| *shape)
    }

    fn fits(self, entry: &Entry, file: Option<&[u8]>) -> bool {
        if !entry.xattrs.is_empty() {
            return false;
        }
        match entry.entry_type {
            EntryType::Directory => matches!(self, Shape::Directory | Shape::Stub) && entry.mode & 0o6000 == 0,
            EntryType::Symlink => self == Shape::MountTable && is_mount_table(&entry.link_name),
            // An empty file does nothing, whatever its permissions; set-id bits are never passed over.
            // One in the place of a mount table would be that of a system without mounts.
            EntryType::File if entry.size == 0 && entry.mode & 0o6000 == 0 => {
                !matches!(self, Shape::Directory | Shape::MountTable)
            }
            EntryType::File if entry.mode & 0o7111 == 0 && entry.size <= LONGEST => {
                file.and_then(|file| std::str::from_utf8(file).ok()).is_some_and(|text| self.reads(text))
            }
            _ => false,
        }
    }

    fn reads(self, text: &str) -> bool {
        match self {
            Shape::Hosts => lines(text).all(is_host_line),
            Shape::HostName => text.lines().count() == 1 && is_label(text.trim_end()),
            Shape::Resolver => lines(text).all(is_resolver_line),
            Shape::ContainerMarker => lines(text).all(is_assignment),
            Shape::MountTable | Shape::Directory | Shape::Stub | Shape::Empty => false,
        }
    }
}

/// Lines without comments and empty ones.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty())
}

fn is_host_line(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let Some(address) = words.next().and_then(|word| word.parse::<IpAddr>().ok()) else { return false };
    if address.is_loopback() {
        return words.all(|name| LOCAL.contains(&name) || is_of_builder(name));
    }
    if address.is_multicast() || GROUPS.contains(&address) {
        return words.all(|name| OF_GROUPS.contains(&name));
    }
    is_private(address) && words.all(|name| RESERVED.contains(&name) || is_of_builder(name))
}

/// Names of the machine itself.
const LOCAL: [&str; 7] = [
    "localhost",
    "localhost.localdomain",
    "localhost4",
    "localhost6",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
];

/// Prefixes of IPv6 that distributions name in host tables.
const GROUPS: [IpAddr; 2] = [
    IpAddr::V6(std::net::Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, 0)),
    IpAddr::V6(std::net::Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0)),
];

const OF_GROUPS: [&str; 5] = ["ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts"];

/// Names that engines give the host.
const RESERVED: [&str; 3] = ["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];

/// Whether a name is one that builders give their containers: an id, or a name of their own making.
fn is_of_builder(name: &str) -> bool {
    let id = (12..=64).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let numbered = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('-');
    id || name == "buildkitsandbox" || (is_label(name) && numbered.ends_with("working-container"))
}

/// An address of a network of the host's own (RFC 1918, 6598, 3927, 4193, 4291).
const fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Resolvers that builders write where the host has none of its own (Docker, `libnetwork/resolvconf`).
const PUBLIC: [&str; 4] = ["8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"];

/// A host name of one label: nothing on the network has such a name.
fn is_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_resolver_line(line: &str) -> bool {
    let (key, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    match key {
        "nameserver" => value.trim().split('%').next().is_some_and(|address| {
            let own = address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || is_private(address));
            own || PUBLIC.contains(&address)
        }),
        "search" | "domain" => value.split_ascii_whitespace().all(is_private_domain),
        "options" => value.split_ascii_whitespace().all(is_option),
        _ => false,
    }
}

/// Domains that nobody can register: reserved ones (RFC 2606, 6762, 8375, 9476), those that ICANN delegates to no one, and
/// those of clouds for machines in their own networks. `.` is none at all.
const PRIVATE_DOMAINS: [&str; 10] = [
    "internal",
    "local",
    "localdomain",
    "lan",
    "home",
    "corp",
    "home.arpa",
    "test",
    "internal.cloudapp.net",
    "example",
];

fn is_private_domain(name: &str) -> bool {
    let is_name = name.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    let is_below = |domain: &&str| {
        let above = name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at));
        above.is_some_and(|(above, end)| end.eq_ignore_ascii_case(domain) && (above.is_empty() || above.ends_with('.')))
    };
    name == "." || (is_name && PRIVATE_DOMAINS.iter().any(is_below))
}

/// Options that systemd, network managers, Docker and Kubernetes write: none of them makes a resolver of another one.
fn is_option(option: &str) -> bool {
    let (name, number) = option.split_once(':').map_or((option, None), |(name, number)| (name, Some(number)));
    let is_small = |number: &str| number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    match number {
        Some(number) => matches!(name, "ndots" | "timeout" | "attempts") && is_small(number) && !number.is_empty(),
        None => matches!(name, "edns0" | "trust-ad" | "rotate" | "single-request" | "single-request-reopen"),
    }
}

/// What podman and buildah write into `.containerenv`: shells that source it have no variable of these names, while zsh
/// takes `path` for `PATH`.
const OF_MARKER: [&str; 7] = ["engine", "name", "id", "image", "imageid", "rootless", "graphRootMounted"];

fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, value)| {
        // Shells source it: nothing in a value may be more than itself to them.
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        OF_MARKER.contains(&name) && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:/@+-".contains(&byte))
    })
}

fn is_mount_table(target: &[u8]) -> bool {
    matches!(target, b"/proc/mounts" | b"/proc/self/mounts" | b"../proc/self/mounts")
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn host_tables_of_builders() {
        assert!(
            Shape::Hosts.reads("127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\n# c\n172.17.0.2 3f2a9d1c0b4e\n")
        );
        assert!(Shape::Hosts.reads("10.0.2.2 host.containers.internal host.docker.internal\n"));
        assert!(Shape::Hosts.reads("127.0.1.1 4cc2e1da4b1c first-working-container-2\nff02::1 ip6-allnodes\n"));
        assert!(Shape::Hosts.reads("127.0.0.1 buildkitsandbox\nfe00::0 ip6-localnet\n"));
        assert!(!Shape::Hosts.reads("203.0.113.9 pypi.org\n"));
        assert!(!Shape::Hosts.reads("203.0.113.9 db\n"));
        assert!(!Shape::Hosts.reads("10.0.0.9 db\n"));
        assert!(!Shape::Hosts.reads("203.0.113.9 localhost\n"));
        assert!(!Shape::Hosts.reads("10.0.0.9 localhost\n"));
        assert!(!Shape::Hosts.reads("#!/bin/sh\nexec sh\n"));
    }

    #[test]
    fn resolvers_and_markers() {
        assert!(Shape::Resolver.reads("nameserver 10.0.0.2\nsearch corp.example\noptions ndots:0 edns0\n"));
        assert!(Shape::Resolver.reads("nameserver 8.8.8.8\nnameserver fe80::1%eth0\n"));
        assert!(!Shape::Resolver.reads("nameserver evil.example\n"));
        assert!(!Shape::Resolver.reads("nameserver 203.0.113.9\n"));
        for search in [".", "c.project-1.internal", "eu-1.compute.internal x.internal.cloudapp.net", "LAN corp.example"]
        {
            assert!(Shape::Resolver.reads(&format!("search {search}\n")), "{search}");
        }
        for search in
            ["evil.com", "corp.internal evil.com", "evilinternal.com", "xinternal", "..internal", "cloudapp.net"]
        {
            assert!(!Shape::Resolver.reads(&format!("search {search}\n")), "{search}");
        }
        for option in ["use-vc", "ndots", "ndots:", "ndots:x", "inet6", "debug", "timeout:9999"] {
            assert!(!Shape::Resolver.reads(&format!("options {option}\n")), "{option}");
        }
        assert!(Shape::ContainerMarker.reads("engine=\"podman-5.6.0\"\nrootless=1\n"));
        assert!(!Shape::ContainerMarker.reads("PATH=/evil\n") && !Shape::ContainerMarker.reads("path=/evil\n"));
        for value in ["\"$(curl evil)\"", "`evil`", "1;evil", "1 evil", "\"a\" evil \"b\""] {
            assert!(!Shape::ContainerMarker.reads(&format!("name={value}\n")), "{value}");
        }
        assert!(!Shape::HostName.reads("a\nb\n"));
    }
}
