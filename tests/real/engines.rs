//! Images of the Docker engine and of containers-storage compare as the layouts that they were made from.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// A Docker engine of the test's own.
mod dockerd;

use dockerd::Dockerd;

/// Says that a test did not run, and why.
fn not_run(what: &str, why: &str) {
    eprintln!("NOT RUN: {what}: {why}");
}

/// Whether these programs are there; says which one is not.
fn all_here(what: &str, programs: &[&str]) -> bool {
    for program in programs {
        if found(program).is_none() {
            not_run(what, &format!("there is no {program}"));
            return false;
        }
    }
    true
}

fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Environment variables of a program.
type Variables = Vec<(String, String)>;

/// Runs a program that has to do well; what it prints.
fn run(program: &str, arguments: &[&str], variables: &Variables) -> String {
    let output = Command::new(program).args(arguments).envs(variables.iter().cloned()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Compares two images; the report, or what was said instead of one.
fn diff(original: &str, rebuild: &str, variables: &Variables) -> Result<Value, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_reprove"))
        .args(["diff", "--format", "json", original, rebuild])
        .envs(variables.iter().cloned())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8(output.stderr).unwrap())
}

/// What a report says of the contents of layers, which no way of keeping an image may change.
fn contents(report: &Value) -> Vec<String> {
    let findings = report["platforms"][0]["findings"].as_array().unwrap();
    let of_layers = findings.iter().filter(|finding| !finding["location"]["path"].is_null());
    let mut told: Vec<String> =
        of_layers.map(|finding| format!("{} {}", finding["location"]["path"], finding["aspect"])).collect();
    told.sort();
    told
}

fn layout(side: &str) -> String {
    format!("oci:{}/testdata/first/{side}", env!("CARGO_MANIFEST_DIR"))
}

/// That a pair compares as the layouts that its images were made from.
fn compares_like_layouts(original: &str, rebuild: &str, variables: &Variables) {
    let told = diff(original, rebuild, variables).unwrap();
    let layouts = diff(&layout("original"), &layout("rebuild"), variables).unwrap();
    assert_eq!(told["verdict"], layouts["verdict"], "{original} {rebuild}");
    assert!(!contents(&layouts).is_empty());
    assert_eq!(contents(&told), contents(&layouts), "{original} {rebuild}");
    let same = diff(original, original, variables).unwrap();
    assert_eq!(same["verdict"], "identical");
    // Another way of keeping it, and the same image in it.
    let across = diff(original, &layout("original"), variables).unwrap();
    assert_eq!(across["verdict"], "equivalent", "{across:#}");
    assert!(contents(&across).is_empty());
}

/// A store of containers-storage of the test's own.
struct Storage {
    folder: TempDir,
}

impl Storage {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().display();
        let text = format!("[storage]\ndriver = \"vfs\"\ngraphroot = \"{path}/graph\"\nrunroot = \"{path}/run\"\n");
        fs::write(folder.path().join("storage.conf"), text).unwrap();
        Storage { folder }
    }

    fn variables(&self) -> Variables {
        let configuration = self.folder.path().join("storage.conf").display().to_string();
        let variables = [
            ("CONTAINERS_STORAGE_CONF", configuration.as_str()),
            ("STORAGE_DRIVER", "vfs"),
            ("BUILDAH_ISOLATION", "chroot"),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// The variables where of podman and skopeo this one alone is in `PATH`.
    fn only(&self, program: &str) -> Variables {
        let bin = self.folder.path().join(format!("only-{program}"));
        fs::create_dir_all(&bin).unwrap();
        symlink(found(program).unwrap(), bin.join(program)).unwrap();
        let mut variables = self.variables();
        variables.push(("PATH".to_owned(), bin.display().to_string()));
        variables
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

#[test]
#[ignore = "needs podman and skopeo"]
fn images_of_containers_storage_compare_as_layouts_do() {
    let what = "containers-storage through podman and skopeo";
    if !all_here(what, &["podman", "skopeo"]) {
        return;
    }
    let storage = Storage::new();
    for side in ["original", "rebuild"] {
        let image = format!("containers-storage:localhost/app:{side}");
        run("skopeo", &["copy", "--quiet", &layout(side), &image], &storage.variables());
    }
    let (original, rebuild) = ("containers-storage:localhost/app:original", "containers-storage:localhost/app:rebuild");
    let skopeo = storage.only("skopeo");
    compares_like_layouts(original, rebuild, &skopeo);
    let (graph, runs) = (storage.path().join("graph"), storage.path().join("run"));
    let named =
        |side: &str| format!("containers-storage:[vfs@{}+{}]localhost/app:{side}", graph.display(), runs.display());
    compares_like_layouts(&named("original"), &named("rebuild"), &storage.variables());
    let ready = Command::new("podman").arg("info").envs(storage.variables()).output().unwrap();
    if !ready.status.success() {
        return not_run("containers-storage through podman", &String::from_utf8_lossy(&ready.stderr));
    }
    let podman = storage.only("podman");
    compares_like_layouts(original, rebuild, &podman);
    let id = run("podman", &["image", "inspect", "--format", "{{.Id}}", "localhost/app:rebuild"], &storage.variables());
    compares_like_layouts(original, &format!("containers-storage:{id}"), &podman);
    for (program, variables) in [("podman", podman), ("podman", storage.variables()), ("skopeo", skopeo)] {
        let error = diff(original, "containers-storage:localhost/none:1", &variables).unwrap_err();
        let expected = format!("containers-storage:localhost/none:1: {program} failed: ");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
#[ignore = "needs buildah, skopeo and podman"]
fn an_image_that_buildah_built_is_the_one_in_the_layout() {
    let what = "containers-storage filled by buildah";
    if !all_here(what, &["buildah", "skopeo", "podman"]) {
        return;
    }
    let storage = Storage::new();
    let variables = storage.variables();
    let built = |name: &str, text: &str| {
        let file = storage.path().join("file");
        fs::write(&file, text).unwrap();
        let container = run("buildah", &["from", "scratch"], &variables);
        run("buildah", &["copy", &container, file.to_str().unwrap(), "/etc/greeting"], &variables);
        run("buildah", &["commit", "--quiet", "--timestamp", "1700000000", "--rm", &container, name], &variables);
        let layout = format!("oci:{}/{}", storage.path().display(), text);
        run(
            "skopeo",
            &["copy", "--quiet", &format!("containers-storage:localhost/{name}:latest"), &layout],
            &variables,
        );
        (format!("containers-storage:localhost/{name}"), layout)
    };
    let (original, original_layout) = built("original", "hello");
    let (rebuild, rebuild_layout) = built("rebuild", "goodbye");
    let told = diff(&original, &rebuild, &variables).unwrap();
    assert_eq!(told["verdict"], "different");
    assert_eq!(contents(&told), contents(&diff(&original_layout, &rebuild_layout, &variables).unwrap()));
    assert_eq!(diff(&original, &original_layout, &variables).unwrap()["verdict"], "equivalent");
    assert_eq!(diff(&rebuild, &rebuild, &variables).unwrap()["verdict"], "identical");
}

#[test]
#[ignore = "needs dockerd, skopeo and openssl"]
fn images_of_the_docker_engine_compare_as_layouts_do() {
    let what = "docker-daemon";
    if !all_here(what, &["dockerd", "skopeo", "openssl"]) {
        return;
    }
    let engine = match Dockerd::start() {
        Ok(engine) => engine,
        Err(why) => return not_run(what, &why),
    };
    for side in ["original", "rebuild"] {
        let image = format!("docker-daemon:app:{side}");
        run(
            "skopeo",
            &["copy", "--quiet", "--dest-daemon-host", &engine.socket(), &layout(side), &image],
            &Variables::new(),
        );
    }
    let (original, rebuild) = ("docker-daemon:app:original", "docker-daemon:app:rebuild");
    let host = |host: String| vec![("DOCKER_HOST".to_owned(), host)];
    let over_socket = host(engine.socket());
    compares_like_layouts(original, rebuild, &over_socket);
    compares_like_layouts(original, rebuild, &engine.context());
    compares_like_layouts(original, rebuild, &engine.over_tls());

    let listed = engine.image_id("app:rebuild");
    compares_like_layouts(original, &format!("docker-daemon:{listed}"), &over_socket);
    let refused = |name: &str, variables: &Variables| diff(original, name, variables).unwrap_err();
    let error = refused("docker-daemon:app:none", &over_socket);
    assert!(
        error.contains("docker-daemon:app:none: the engine at unix://") && error.contains("has no image"),
        "{error}"
    );
    let error = refused("docker-daemon:APP:1", &over_socket);
    assert!(error.contains("must be lowercase"), "{error}");
    let error = refused(rebuild, &engine.over_tls_without_trust());
    assert!(error.contains("certificate"), "{error}");
}
