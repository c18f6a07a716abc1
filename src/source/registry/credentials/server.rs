//! The names that one registry goes by.
//!
//! Names are equal as a whole or not at all: nothing here looks for a part of a name, because a credential must not
//! leave for `ghcr.io.example.com` or `example.com/ghcr.io`.

/// The name of Docker Hub that users know.
const HUB: &str = "docker.io";
/// The names of Docker Hub in files and addresses.
const HUB_HOSTS: [&str; 3] = [HUB, "index.docker.io", "registry-1.docker.io"];
/// What Docker calls its registry when it talks to helpers, and in `auths`.
const HUB_SERVER: &str = "https://index.docker.io/v1/";

/// A host, with its port where one is given, as it is compared: host names are the same in either case.
pub(super) fn canonical_host(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    if HUB_HOSTS.contains(&host.as_str()) { HUB.to_owned() } else { host }
}

/// What the store of all credentials may know a host as, the likeliest first.
pub(super) fn store_names(host: &str) -> Vec<String> {
    if host == HUB { vec![HUB_SERVER.to_owned(), HUB.to_owned()] } else { vec![host.to_owned()] }
}

/// What an entry of a credential file is for: a host, or a host with a namespace below it.
///
/// Docker writes addresses (`https://HOST/v1/`), of which only the host counts; podman writes `HOST[/NAMESPACE]`.
pub(super) fn scope(key: &str) -> String {
    let address = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let name = address.unwrap_or(key).trim_end_matches('/');
    match name.split_once('/') {
        None => canonical_host(name),
        Some((host, _)) if address.is_some() => canonical_host(host),
        Some((host, "v1" | "v2")) => canonical_host(host),
        Some((host, namespace)) => format!("{}/{namespace}", canonical_host(host)),
    }
}

/// The scopes that a repository is in, the narrowest first.
pub(super) fn scopes(host: &str, repository: &str) -> Vec<String> {
    let whole = format!("{host}/{repository}");
    let mut ends: Vec<usize> = whole.match_indices('/').map(|(at, _)| at).collect();
    ends.push(whole.len());
    ends.iter().rev().filter_map(|end| whole.get(..*end)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_docker_hub_is_the_same() {
        for key in [
            "https://index.docker.io/v1/",
            "http://index.docker.io/v1",
            "index.docker.io/v1/",
            "index.docker.io",
            "registry-1.docker.io",
            "https://registry-1.docker.io/v2/",
            "docker.io/",
            "Docker.io",
        ] {
            assert_eq!(scope(key), "docker.io", "{key}");
        }
    }

    #[test]
    fn a_scope_is_a_host_or_a_namespace_of_it() {
        for (key, host) in [
            ("ghcr.io", "ghcr.io"),
            ("https://ghcr.io", "ghcr.io"),
            ("https://ghcr.io/v2/", "ghcr.io"),
            ("localhost:5000", "localhost:5000"),
            ("ghcr.io/org", "ghcr.io/org"),
            ("GHCR.io/org/app/", "ghcr.io/org/app"),
            ("evil.com/ghcr.io", "evil.com/ghcr.io"),
            ("https://evil.com/ghcr.io", "evil.com"),
            ("https://ghcr.io@evil.com/", "ghcr.io@evil.com"),
        ] {
            assert_eq!(scope(key), host, "{key}");
        }
    }

    #[test]
    fn the_narrowest_scope_is_first() {
        assert_eq!(scopes("ghcr.io", "a/b"), ["ghcr.io/a/b", "ghcr.io/a", "ghcr.io"]);
        assert_eq!(scopes("h:1", "a"), ["h:1/a", "h:1"]);
    }

    proptest! {
        /// Whatever is written in the file, it is for this host only if it names the host and nothing else as such.
        #[test]
        fn an_entry_is_for_no_host_but_its_own(key in "(https?://)?[a-c.:/@-]{0,12}", host in "[a-c.:-]{1,5}") {
            let name = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(&key);
            let own = name.split('/').next().unwrap_or("");
            if scopes(&host, "repository").contains(&scope(&key)) {
                prop_assert_eq!(own, host);
            }
        }
    }
}
