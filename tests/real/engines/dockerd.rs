//! A Docker engine that belongs to one test.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Variables, run};

/// The engine, as long as this lives: on a socket, and with TLS on a port of the loopback interface.
pub(super) struct Dockerd {
    process: Child,
    port: u16,
    folder: TempDir,
}

/// How long an engine may take to start.
const START: Duration = Duration::from_secs(60);

impl Dockerd {
    /// Starts an engine; the error says why there is none here.
    pub(super) fn start() -> Result<Self, String> {
        let folder = TempDir::new().unwrap();
        certificates(folder.path());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::create(at("log")).unwrap();
        let process = Command::new("dockerd")
            .args(["--data-root", &at("data"), "--exec-root", &at("exec"), "--pidfile", &at("pid")])
            .args(["--storage-driver", "vfs", "--iptables=false", "--bridge=none"])
            .args(["-H", &format!("unix://{}", at("docker.sock")), "-H", &format!("tcp://127.0.0.1:{port}")])
            .args(["--tlsverify", "--tlscacert", &at("ca.pem")])
            .args(["--tlscert", &at("server.pem"), "--tlskey", &at("key.pem")])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut engine = Dockerd { process, port, folder };
        let start = Instant::now();
        while !engine.answers() {
            if start.elapsed() > START || engine.process.try_wait().unwrap().is_some() {
                let log = fs::read_to_string(engine.folder.path().join("log")).unwrap_or_default();
                return Err(format!("dockerd does not start: {}", log.lines().last().unwrap_or("no word from it")));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(engine)
    }

    fn answers(&self) -> bool {
        let inspect = ["inspect", "--raw", "--daemon-host", &self.socket(), "docker-daemon:none:1"];
        let said = Command::new("skopeo").args(inspect).output().unwrap();
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        ["reference does not exist", "No such image"].iter().any(|words| said.contains(words))
    }

    /// The engine's socket as `DOCKER_HOST` has it.
    pub(super) fn socket(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    /// The id of an image, which is the digest of its config.
    pub(super) fn image_id(&self, name: &str) -> String {
        let image = format!("docker-daemon:{name}");
        let manifest = run("skopeo", &["inspect", "--raw", "--daemon-host", &self.socket(), &image], &Variables::new());
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        manifest["config"]["digest"].as_str().unwrap().to_owned()
    }

    /// Variables under which a context leads to the engine.
    pub(super) fn context(&self) -> Variables {
        let configuration = self.folder.path().join("configuration");
        let digest = reprove::digest::Digest::of(b"own");
        let place = configuration.join("contexts/meta").join(digest.encoded());
        fs::create_dir_all(&place).unwrap();
        fs::write(configuration.join("config.json"), r#"{"currentContext":"own"}"#).unwrap();
        let meta = serde_json::json!({"Name": "own", "Endpoints": {"docker": {"Host": self.socket()}}});
        fs::write(place.join("meta.json"), meta.to_string()).unwrap();
        vec![("DOCKER_CONFIG".to_owned(), configuration.display().to_string())]
    }

    /// Variables under which the engine is reached with TLS, and both sides show certificates.
    pub(super) fn over_tls(&self) -> Variables {
        self.tls(self.folder.path())
    }

    /// The same with another authority.
    pub(super) fn over_tls_without_trust(&self) -> Variables {
        let other = self.folder.path().join("other");
        fs::create_dir_all(&other).unwrap();
        certificates(&other);
        self.tls(&other)
    }

    fn tls(&self, folder: &Path) -> Variables {
        let host = format!("tcp://127.0.0.1:{}", self.port);
        let folder = folder.display().to_string();
        [("DOCKER_HOST", host), ("DOCKER_TLS_VERIFY", "1".to_owned()), ("DOCKER_CERT_PATH", folder)]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    }
}

/// An authority, and certificates by it for a server and a client that share a key.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let program = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
        assert!(program.status.success(), "{arguments}: {}", String::from_utf8_lossy(&program.stderr));
    };
    openssl("req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -days 2 -keyout ca-key.pem -out ca.pem");
    openssl("req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout key.pem -out request.pem");
    for (name, text) in [
        ("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
        ("cert", "extendedKeyUsage=clientAuth\n"),
    ] {
        fs::write(folder.join("extensions"), text).unwrap();
        openssl(&format!(
            "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile extensions \
             -out {name}.pem"
        ));
    }
}

impl Drop for Dockerd {
    /// Ends the engine in its own way, so that it ends what it started.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
