use std::collections::BTreeMap;

use super::*;
use crate::web::{Request, Response};

/// The hosts that are asked for an image, and what is said where a proxy lets nobody through.
fn asked(reference: &str) -> (Vec<String>, Run) {
    let proxy = Server::start(|_: &Request| Response::new(403, "nobody gets out"));
    let home = Home::new();
    let mut command = home.command(&["diff", reference, reference]);
    command.env("HTTPS_PROXY", proxy.url()).env("HTTP_PROXY", proxy.url());
    let run = home::finish(command.spawn().unwrap());
    let mut hosts: Vec<String> = proxy.take_log().into_iter().map(|exchange| exchange.request.target).collect();
    hosts.dedup();
    (hosts, run)
}

/// Asks for several images at once: nobody is in a hurry after a refusal but the tests.
fn each<N: AsRef<str> + Sync>(names: &[N], check: impl Fn(&N, Vec<String>, Run) + Sync) {
    std::thread::scope(|scope| {
        for name in names {
            scope.spawn(|| {
                let (hosts, run) = asked(name.as_ref());
                check(name, hosts, run);
            });
        }
    });
}

#[test]
fn short_names_are_docker_hubs() {
    let names = [
        "app",
        "app:1.0",
        "docker://app",
        "library/app",
        "docker.io/app",
        "index.docker.io/library/app:1",
        "docker://docker.io/library/app",
    ];
    each(&names, |name, hosts, run| {
        assert_eq!(run.code, Some(2), "{name}");
        assert!(!hosts.is_empty(), "{name}: {}", run.err);
        assert!(hosts.iter().all(|host| host.ends_with("docker.io:443")), "{name}: {hosts:?}");
    });
}

#[test]
fn a_first_part_with_a_dot_or_a_port_is_a_host() {
    let digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    let expected = BTreeMap::from([
        ("ghcr.io/team/app".to_owned(), "ghcr.io:443"),
        ("docker://registry.example/app".to_owned(), "registry.example:443"),
        (format!("registry.example:5000/app@{digest}"), "registry.example:5000"),
    ]);
    each(&expected.keys().collect::<Vec<_>>(), |name, hosts, run| {
        assert_eq!(run.code, Some(2), "{name}");
        let is_it = |host: &String| *host == expected[*name];
        assert!(hosts.iter().all(is_it) && !hosts.is_empty(), "{name}: {hosts:?}: {}", run.err);
    });
}

#[test]
fn a_first_part_in_capitals_is_no_repository_of_docker_hub() {
    // Docker takes it for a host, others for a mistake.
    let (hosts, run) = asked("docker://UPPER/case");
    assert_eq!(run.code, Some(2));
    assert!(!hosts.iter().any(|host| host.contains("docker.io")), "{hosts:?}: {}", run.err);
}

#[test]
fn a_name_that_cannot_be_is_refused_before_anybody_is_asked() {
    let long = format!("ghcr.io/{}", "a".repeat(300));
    let names = [
        "docker://ghcr.io/UPPER",
        "docker://ghcr.io/app:tag:tag",
        "docker://ghcr.io/app@sha256:short",
        "docker://ghcr.io/app@md5:d41d8cd98f00b204e9800998ecf8427e",
        "docker://ghcr.io/app:",
        "docker://ghcr.io/",
        "docker://ghcr.io//app",
        "docker://ghcr.io/../../etc/passwd",
        "docker://ghcr.io/app?x=1",
        "docker://ghcr.io/app#x",
        "docker://user:password@ghcr.io/app",
        "docker://https://ghcr.io/app",
        "docker://ghcr.io/a b",
        "docker:///app",
        "docker://ghcr.io:99999999/app",
        &long,
    ];
    each(&names, |name, hosts, run| {
        assert_eq!(hosts, Vec::<String>::new(), "{name}");
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{name}");
        assert!(run.err.lines().count() == 1 && run.err.contains(name), "{name}: {}", run.err);
    });
}
