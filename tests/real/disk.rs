//! A disk that is really full: a file system of one megabyte, which only root can make.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reprove::finding::Sides;

use crate::home::{self, Home};
use crate::tools::{must, not_run};
use crate::web::Server;

/// A file system in memory, for as long as this lives.
struct Small(PathBuf);

impl Small {
    /// Mounts it; says so loudly where that is not allowed.
    fn mount(test: &str, path: PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&path).output();
        match mount {
            Ok(output) if output.status.success() => Some(Small(path)),
            Ok(output) => {
                not_run(test, String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                not_run(test, &format!("mount: {error}"));
                None
            }
        }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A file of a test that failed may still be open.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// A layer archive of one file, eight megabytes long.
fn layout(folder: &Path, fill: u8) -> String {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    let content = vec![fill; 8 << 20];
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "opt/large", &content[..]).unwrap();
    let archive = archive.into_inner().unwrap();
    let blob = |media_type: &str, bytes: &[u8]| {
        let digest = reprove::digest::Digest::of(bytes).to_string();
        let path = folder.join("blobs").join(digest.replace(':', "/"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        serde_json::json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    };
    let layer = blob("application/vnd.oci.image.layer.v1.tar", &archive);
    let config = serde_json::json!({ "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] } });
    let config = blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest =
        serde_json::json!({ "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [layer] });
    let manifest = blob(media_type, manifest.to_string().as_bytes());
    let index = serde_json::json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    format!("oci:{}", folder.display())
}

fn pair(home: &Home) -> Sides<String> {
    Sides::new(layout(&home.path("layouts/one"), 1), layout(&home.path("layouts/two"), 2))
}

#[test]
#[ignore = "mounts a file system: scripts/test-real"]
fn a_full_disk_for_temporary_files_is_a_gap() {
    let home = Home::new();
    let Some(_small) = Small::mount("a full disk for temporary files", home.path("small")) else { return };
    let pair = pair(&home);
    let mut command = home.command(&["diff", "--format", "json", &pair.original, &pair.rebuild]);
    let run = home::finish(command.env("TMPDIR", home.path("small")).spawn().unwrap());
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.gaps("limit").join("\n").contains("temporary file"), "{}", run.out);
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

#[test]
#[ignore = "mounts a file system: scripts/test-real"]
fn a_full_disk_for_the_report_is_an_error() {
    let home = Home::new();
    let Some(_small) = Small::mount("a full disk for the report", home.path("small")) else { return };
    // Filled to the last block.
    must(Command::new("sh").args(["-c", "cat /dev/zero > \"$0\" 2>/dev/null || true"]).arg(home.path("small/filling")));
    let pair = pair(&home);
    let to = format!("json={}", home.path("small/report.json").display());
    let run = home.run(&["diff", "-q", "-o", &to, &pair.original, &pair.rebuild]);
    // The verdict is told, and the exit code says that not all was written that was asked for.
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert_eq!(run.out, "different: linux/amd64 — 1 finding is unexplained\n", "{}", run.err);
    assert!(run.err.contains("report.json: cannot be written"), "{}", run.err);
    assert_eq!(fs::read_dir(home.path("small")).unwrap().count(), 1, "a part of the report was left");
}

#[test]
#[ignore = "mounts a file system: scripts/test-real"]
fn a_full_disk_for_the_cache_does_not_matter() {
    let home = Home::new();
    let Some(_small) = Small::mount("a full disk for the cache", home.path("small")) else { return };
    let folders = Sides::new(home.path("layouts/one"), home.path("layouts/two"));
    let local = pair(&home);
    let server = Server::start(Files(folders));
    let reference = |name: &str| format!("docker://{}/app:{name}", server.host());
    let remote = Sides::new(reference("one"), reference("two"));
    let small = home.path("small/cache");
    let run = home.diff(&remote, &["--cache-dir", small.to_str().unwrap()]);
    let truth = home.diff(&local, &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert_eq!(run.report_of_any_reference(), truth.report_of_any_reference(), "{}", run.err);
    let mut kept = Vec::new();
    home::below(&small, &mut kept);
    let large = kept.iter().filter(|path| fs::metadata(path).unwrap().len() > 1 << 20).count();
    assert_eq!(large, 0, "{kept:?}");
}

/// Two layouts as a registry.
struct Files(Sides<PathBuf>);

impl crate::web::Handler for Files {
    fn answer(&self, request: &crate::web::Request) -> crate::web::Response {
        let path = request.path().to_owned();
        let name = path.rsplit('/').next().unwrap_or("").to_owned();
        let folders = [(&self.0.original, "one"), (&self.0.rebuild, "two")];
        for (folder, tag) in folders {
            let manifest = || -> serde_json::Value {
                let index = fs::read(folder.join("index.json")).unwrap();
                serde_json::from_slice::<serde_json::Value>(&index).unwrap()["manifests"][0].clone()
            };
            let digest = if name == tag { manifest()["digest"].as_str().unwrap().to_owned() } else { name.clone() };
            if let Ok(bytes) = fs::read(folder.join("blobs").join(digest.replace(':', "/"))) {
                let is_manifest = path.contains("/manifests/");
                let media_type =
                    if is_manifest { "application/vnd.oci.image.manifest.v1+json" } else { "application/octet-stream" };
                return crate::web::Response::new(200, bytes).with("Content-Type", media_type);
            }
        }
        if path == "/v2/" { crate::web::Response::new(200, "{}") } else { crate::web::Response::new(404, "") }
    }
}
