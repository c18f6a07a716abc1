//! Identities that a build makes once for all containers: machine ids, keys, database clusters.

use super::super::call::Call;
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::apt;
use super::rpm::RPM;

/// Packages that make a machine id when they are installed.
const WITH_ID: &[&str] = &["dbus", "dbus-user-session", "systemd", "systemd-sysv", "libpam-systemd"];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    if !scope.stage.ships {
        return;
    }
    let by_rpm = || {
        let systemd = |call: &&Call| {
            RPM.subcommand(call) == Some("install") && RPM.packages(call).any(|package| package.text == "systemd")
        };
        RPM.calls(step).find(systemd)
    };
    let with_id = apt::installs(step, |name| WITH_ID.contains(&name)).or_else(by_rpm);
    if let Some(call) = with_id.filter(|_| !step.empties("/etc/machine-id")) {
        finds.call(&cases::MACHINE_ID_LEFT, step, call);
    }
    let host_keys = step.removes("/etc/ssh/ssh_host_rsa_key");
    let server = |name: &str| matches!(name, "openssh-server" | "ssh");
    if let Some(call) = apt::installs(step, server).filter(|_| !host_keys) {
        finds.call(&cases::SSH_KEYS_LEFT, step, call);
    }
    databases(step, finds);
    for call in &step.calls {
        match call.name.as_str() {
            "ssh-keygen" if (call.has(&["-A"]) || call.has(&["-t"])) && !host_keys && !is_removed(step, call, "-f") => {
                finds.call(&cases::SSH_KEYS_MADE, step, call);
            }
            "openssl" if makes_key(call) && !is_removed(step, call, "-keyout") && !is_removed(step, call, "-out") => {
                finds.call(&cases::TLS_KEY_MADE, step, call);
            }
            _ => {}
        }
    }
}

fn databases(step: &Step<'_>, finds: &mut Finds) {
    let postgres = |name: &str| {
        name.strip_prefix("postgresql").is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty())
        })
    };
    let none = step.file.source().contains("create_main_cluster")
        || step.calls_of(&["pg_dropcluster"]).next().is_some()
        || step.removes("/var/lib/postgresql/15");
    if let Some(call) = apt::installs(step, postgres).filter(|_| !none) {
        finds.call(&cases::POSTGRES_CLUSTER, step, call);
    }
    let mysql = |name: &str| {
        ["mysql-server", "default-mysql-server", "mariadb-server"].iter().any(|server| name.starts_with(server))
            && !name.ends_with("-core")
    };
    if let Some(call) = apt::installs(step, mysql).filter(|_| !step.removes("/var/lib/mysql/ibdata1")) {
        finds.call(&cases::MYSQL_CLUSTER, step, call);
    }
}

fn makes_key(call: &Call) -> bool {
    let operands = call.operands(&[]);
    match operands.first().map(|operand| operand.text.as_str()) {
        Some("genrsa" | "genpkey" | "gendsa") => true,
        Some("req") => call.has(&["-newkey", "-keyout"]) || call.has(&["-x509"]) && !call.has(&["-key"]),
        Some("ecparam") => call.has(&["-genkey"]),
        _ => false,
    }
}

/// Whether the file that an option names is removed in the same instruction.
fn is_removed(step: &Step<'_>, call: &Call, option: &str) -> bool {
    call.value(&[option]).is_some_and(|file| step.removes(file))
}
