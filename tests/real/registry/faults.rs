use std::sync::Arc;

use super::forward::Forward;
use super::images::{Noise, add_layer, write_image};
use super::*;
use crate::web::{Exchange, Fault, Faults, Rule, Server};

/// A registry behind a proxy that breaks things, with two images of one layer of 3 MiB each.
struct Stage {
    _registry: Registry,
    home: Home,
    layouts: Sides<PathBuf>,
    faults: Arc<Faults>,
    proxy: Server,
    /// The original's layer.
    digest: String,
    size: u64,
}

impl Stage {
    fn new() -> Self {
        let registry = Registry::start(Setup::default());
        let layout = |name: &str, seed| {
            let layout = registry.folder.path().join(name);
            let layer = add_layer(&layout, "srv/noise", 3 << 20, Noise(seed));
            write_image(&layout, &layout, &[layer]);
            layout
        };
        let layouts = Sides::new(layout("original", 1), layout("rebuild", 2));
        push(&registry, &layouts);
        let faults = Faults::before(Forward(registry.host()));
        let proxy = Server::start(faults.clone());
        let (digest, size) = layers(&layouts.original).remove(0);
        Stage { _registry: registry, home: Home::new(), layouts, faults, proxy, digest, size }
    }

    /// With an empty cache: what is looked at again is not to be transferred again.
    fn diff(&self) -> Run {
        let cache = tempfile::tempdir().unwrap();
        self.home.diff(&references(&self.proxy.host()), &["--cache-dir", cache.path().to_str().unwrap()])
    }

    fn of_layer(&self) -> Vec<Exchange> {
        let path = format!("/blobs/{}", self.digest);
        let log = self.proxy.take_log();
        log.into_iter().filter(|exchange| exchange.request.path().ends_with(&path)).collect()
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn a_blob_cut_at_ten_offsets_is_read_to_its_end() {
    if !have("cut transfers", &PROGRAMS) {
        return;
    }
    let stage = Stage::new();
    let size = stage.size;
    for offset in [0, 1, 511, 4096, 65_535, 65_536, 65_537, size / 2, size - 513, size - 1] {
        stage.faults.clear();
        stage.faults.add(Rule::once(&stage.digest, Fault::Cut(offset)));
        assert_truth(&stage.diff(), &stage.home, &stage.layouts);
        let exchanges = stage.of_layer();
        let starts: Vec<u64> = exchanges.iter().map(|exchange| exchange.request.range_start().unwrap_or(0)).collect();
        let sent: Vec<u64> = exchanges.iter().map(|exchange| exchange.sent).collect();
        assert_eq!((starts, sent), (vec![0, offset], vec![offset, size - offset]), "cut at {offset}");
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn trouble_that_passes_is_waited_for() {
    if !have("a busy registry", &PROGRAMS) {
        return;
    }
    let stage = Stage::new();
    for status in [429, 500, 503] {
        stage.faults.clear();
        let busy = || Fault::Answer(status, vec![("Retry-After", "1".into())], "busy".into());
        stage.faults.add(Rule::once("/manifests/", busy()));
        stage.faults.add(Rule::once("/blobs/", busy()).after(1));
        assert_truth(&stage.diff(), &stage.home, &stage.layouts);
        let refused = stage.proxy.take_log().iter().filter(|exchange| exchange.status == status).count();
        assert_eq!(refused, 2, "{status}");
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn wrong_bytes_are_a_gap_that_names_the_blob() {
    if !have("wrong bytes", &PROGRAMS) {
        return;
    }
    let stage = Stage::new();
    for fault in [Fault::Flip(0), Fault::Flip(stage.size - 1), Fault::Flip(stage.size / 3)] {
        stage.faults.clear();
        stage.faults.add(Rule::always(&stage.digest, fault));
        let run = stage.diff();
        assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
        assert_eq!(run.report()["verdict"], "inconclusive");
        let gaps = run.gaps("integrity");
        assert!(gaps.iter().any(|detail| detail.contains(&stage.digest)), "{gaps:?}");
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn a_short_body_is_completed_or_told() {
    if !have("a truncated body", &PROGRAMS) {
        return;
    }
    let stage = Stage::new();
    stage.faults.add(Rule::once(&stage.digest, Fault::Truncate(1000)));
    let run = stage.diff();
    if run.code == Some(2) {
        assert!(run.gaps("integrity").iter().any(|detail| detail.contains(&stage.digest)), "{}", run.out);
    } else {
        assert_truth(&run, &stage.home, &stage.layouts);
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn a_redirect_gets_no_credential() {
    if !have("redirects", &[&PROGRAMS[..], &["htpasswd"]].concat()) {
        return;
    }
    let (registry, open) =
        (Registry::start(Setup { htpasswd: true, ..Setup::default() }), Registry::start(Setup::default()));
    let (home, layouts) = (Home::new(), first());
    push(&registry, &layouts);
    push(&open, &layouts);
    let storage = Server::start(Forward(open.host()));
    for to in [storage.url(), storage.other_url()] {
        let faults = Faults::before(Forward(registry.host()));
        faults.add(Rule::always("/blobs/", Fault::Redirect(to)));
        let proxy = Server::start(faults);
        home.docker_config(&logged_in(&proxy.host()));
        assert_truth(&home.diff(&references(&proxy.host()), &["--plain-http", "--no-cache"]), &home, &layouts);
        let received = storage.take_log();
        assert!(!received.is_empty());
        for exchange in received {
            let headers = format!("{:?}", exchange.request.headers);
            assert!(exchange.request.header("authorization").is_none() && !headers.contains("SECRET"), "{headers}");
        }
    }
}
