//! Debian's `docker-registry`, in the ways that it is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tools::{Daemon, free_port, must};

pub(crate) const USERNAME: &str = "carol";
pub(crate) const PASSWORD: &str = "SECRET-password";

/// Certificates of a private authority, made by `openssl` for one test.
pub(crate) struct Certificates(PathBuf);

impl Certificates {
    /// Makes `ca`, `server` and `client`, each `NAME.pem` and `NAME.key`.
    pub(crate) fn make(folder: &Path) -> Self {
        fs::create_dir(folder).unwrap();
        let openssl = |arguments: &str| {
            must(Command::new("openssl").args(arguments.split(' ')).current_dir(folder));
        };
        let key = "-newkey rsa:2048 -noenc";
        openssl(&format!(
            "req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority -addext keyUsage=critical,keyCertSign"
        ));
        for (name, extensions) in [
            ("server", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.example\nextendedKeyUsage=serverAuth\n"),
            ("client", "extendedKeyUsage=clientAuth\n"),
        ] {
            fs::write(folder.join("extensions"), extensions).unwrap();
            openssl(&format!("req {key} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
            openssl(&format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out {name}.pem"
            ));
        }
        Certificates(folder.to_owned())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }
}

/// How a registry is run.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) tls: bool,
    /// Only clients with a certificate are let in.
    pub(crate) clients: bool,
    /// Only the one account is let in.
    pub(crate) htpasswd: bool,
    /// Only who has a token is let in: realm and service.
    pub(crate) token: Option<(String, String)>,
}

/// A registry, for as long as this lives.
pub(crate) struct Registry {
    port: u16,
    setup: Setup,
    pub(crate) folder: TempDir,
    pub(crate) certificates: Option<Certificates>,
    _daemon: Daemon,
}

impl Registry {
    pub(crate) fn start(setup: Setup) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = |name: &str| folder.path().join(name);
        let needed = setup.tls || setup.token.is_some();
        let certificates = needed.then(|| Certificates::make(&path("certificates")));
        let port = free_port();
        let mut http = json!({ "addr": format!("127.0.0.1:{port}"), "relativeurls": true });
        let certificate = |name: &str| certificates.as_ref().map(|certificates| certificates.text(name));
        if setup.tls {
            http["tls"] = json!({ "certificate": certificate("server.pem"), "key": certificate("server.key") });
        }
        if setup.clients {
            http["tls"]["clientcas"] = json!([certificate("ca.pem")]);
        }
        let mut config = json!({
            "version": 0.1,
            "log": { "level": "warn" },
            "storage": { "filesystem": { "rootdirectory": path("storage") } },
            "http": http,
        });
        if setup.htpasswd {
            let line = must(Command::new("htpasswd").args(["-Bbn", USERNAME, PASSWORD])).stdout;
            fs::write(path("htpasswd"), line).unwrap();
            config["auth"] = json!({ "htpasswd": { "realm": "the test", "path": path("htpasswd") } });
        }
        if let Some((realm, service)) = &setup.token {
            config["auth"] = json!({ "token": {
                "realm": realm, "service": service, "issuer": "the test", "rootcertbundle": certificate("server.pem"),
            } });
        }
        // JSON is YAML.
        fs::write(path("config.yml"), config.to_string()).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(path("config.yml"));
        let daemon = Daemon::start(&mut command, port, &path("log"));
        Registry { port, setup, folder, certificates, _daemon: daemon }
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Pushes the image of an OCI layout with `skopeo`, as it is.
    pub(crate) fn push(&self, layout: &Path, name: &str) {
        let mut skopeo = Command::new("skopeo");
        skopeo.args(["copy", "--quiet", "--all", "--preserve-digests", "--insecure-policy"]);
        match (&self.certificates, self.setup.tls) {
            (Some(certificates), true) => {
                let folder = self.folder.path().join("skopeo");
                fs::create_dir_all(&folder).unwrap();
                for (from, to) in [("ca.pem", "ca.crt"), ("client.pem", "client.cert"), ("client.key", "client.key")] {
                    fs::copy(certificates.path(from), folder.join(to)).unwrap();
                }
                skopeo.arg("--dest-cert-dir").arg(folder);
            }
            _ => {
                skopeo.arg("--dest-tls-verify=false");
            }
        }
        if self.setup.htpasswd || self.setup.token.is_some() {
            skopeo.args(["--dest-creds", &format!("{USERNAME}:{PASSWORD}")]);
        }
        must(skopeo.arg(format!("oci:{}", layout.display())).arg(format!("docker://{}/{name}", self.host())));
    }
}

/// What Docker's `config.json` holds after `docker login`.
pub(crate) fn logged_in(host: &str) -> Value {
    use base64::Engine as _;
    let auth = base64::engine::general_purpose::STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
    json!({ "auths": { host: { "auth": auth } } })
}
