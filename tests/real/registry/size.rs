use super::forward::Forward;
use super::images::{Noise, add_layer, write_image};
use super::*;
use crate::web::Server;

/// The layer that both images share.
const SHARED: u64 = 1_300_000_000;
/// What manifests, configs, and headers of all kinds may add.
const DOCUMENTS: u64 = 64 << 10;

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn of_1_3_gb_the_one_layer_that_differs_is_transferred() {
    if !have("1.3 GB that are shared", &PROGRAMS) {
        return;
    }
    let registry = Registry::start(Setup::default());
    let folder = |name: &str| registry.folder.path().join(name);
    let layouts = Sides::new(folder("original"), folder("rebuild"));
    let shared = add_layer(&layouts.original, "srv/large", SHARED, Noise(1));
    let one = add_layer(&layouts.original, "srv/app", 500_000, Noise(2));
    write_image(&layouts.original, &layouts.original, &[shared.clone(), one.clone()]);
    let other = add_layer(&layouts.rebuild, "srv/app", 500_000, Noise(3));
    write_image(&layouts.rebuild, &layouts.original, &[shared.clone(), other.clone()]);
    push(&registry, &layouts);
    let proxy = Server::start(Forward(registry.host()));
    let home = Home::new();
    let start = std::time::Instant::now();
    let run = home.diff(&references(&proxy.host()), &[]);
    let (log, took) = (proxy.take_log(), start.elapsed());
    assert_truth(&run, &home, &layouts);
    let sent: u64 = log.iter().map(|exchange| exchange.sent).sum();
    let needed = one.size + other.size;
    eprintln!("two images of {} bytes: {sent} bytes in {} requests, {took:?}", shared.size + one.size, log.len());
    assert!((needed..needed + DOCUMENTS).contains(&sent), "{sent} bytes, {needed} of them needed");
    assert!(!log.iter().any(|exchange| exchange.request.target.contains(&shared.digest)), "the shared layer was read");
    // With the cache, the layers are here already.
    let again = home.diff(&references(&proxy.host()), &[]);
    assert_truth(&again, &home, &layouts);
    let sent: u64 = proxy.take_log().iter().map(|exchange| exchange.sent).sum();
    assert!(sent < DOCUMENTS, "{sent} bytes for images that are kept");
}
