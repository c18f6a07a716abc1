use std::process::Command;
use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_run_that_the_user_ends_leaves_nothing_half_written() {
    let stage = Stage::large(4 << 20);
    let output = stage.home.path("run/report.json");
    let Sides { original, rebuild } = stage.references();
    for signal in ["INT", "TERM"] {
        stage.faults.add(Rule::always("/blobs/", Fault::Slow(64 << 10, Duration::from_millis(50))));
        let to = format!("json={}", output.display());
        let child =
            stage.home.command_by(home::INTERRUPTIBLE, &["diff", "-o", &to, &original, &rebuild]).spawn().unwrap();
        wait_for(|| stage.server.log().iter().any(|exchange| exchange.sent > 300_000));
        let kill = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
        assert!(kill.success());
        let run = home::finish(child);
        assert_ne!(run.code, Some(0), "{signal}: {}", run.out);
        assert_ne!(run.code, Some(1), "{signal}: {}", run.out);
        let left: Vec<_> = stage.home.left_behind().into_iter().filter(|(path, _)| !path.contains("/locks/")).collect();
        for (path, _) in &left {
            let name = Path::new(path).file_name().unwrap().to_str().unwrap();
            let bytes = fs::read(path).unwrap();
            // What was verified before may stay: whole blobs, under their digests.
            let digest = reprove::digest::Digest::of(&bytes);
            assert_eq!(name, digest.encoded(), "{signal}: {left:?}");
        }
        assert!(!output.exists());
        stage.server.take_log();
        stage.faults.clear();
        stage.assert_truth(&stage.diff(&[]));
        stage.home.run(&["cache", "prune", "--all"]);
    }
}

fn wait_for(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never came to that");
        std::thread::sleep(Duration::from_millis(5));
    }
}
