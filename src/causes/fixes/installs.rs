//! What installing something leaves behind, removed in the same RUN: a later one leaves it in the layer below.

use crate::causes::fix::{Builder, Change, Edit, Fix, Runs};

/// What most of the fixes here are.
const fn end_of(run: Runs, command: &'static str) -> Change {
    Change::Dockerfile(Edit::Append { run, command })
}

/// What installs Debian packages.
const APT_COMMANDS: &[&str] =
    &["apt-get install", "apt install", "aptitude install", "apt-get upgrade", "apt-get dist-upgrade", "dpkg -i"];

/// Each `RUN` that does.
const INSTALLS: Runs = Runs { words: "each RUN that installs packages", names: &[], commands: APT_COMMANDS };

/// Logs, lists and caches of apt and dpkg, and what ldconfig keeps.
pub(in crate::causes) const APT: Fix = Fix {
    id: "clean-after-apt",
    change: end_of(
        INSTALLS,
        "rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/ldconfig/aux-cache \
         /var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log",
    ),
    ..Fix::BLANK
};

/// Logs in a mount.
pub(in crate::causes) const LOG_MOUNT: Fix = Fix {
    id: "buildkit-log-mount",
    builder: Some(Builder::Buildkit),
    since: Some("0.8"),
    change: Change::Dockerfile(Edit::Replace {
        what: "RUN apt-get install",
        with: "RUN --mount=type=tmpfs,target=/var/log apt-get install",
    }),
    ..Fix::BLANK
};

/// apt's caches in a mount.
pub(in crate::causes) const CACHE_MOUNT: Fix = Fix {
    id: "buildkit-apt-mount",
    builder: Some(Builder::Buildkit),
    since: Some("0.8"),
    change: Change::Dockerfile(Edit::Replace {
        what: "RUN apt-get update",
        with: "RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt apt-get update",
    }),
    ..Fix::BLANK
};

/// An archive that does not move.
pub(in crate::causes) const SNAPSHOT: Fix = Fix {
    id: "apt-snapshot",
    change: Change::Dockerfile(Edit::Replace { what: "apt-get", with: "apt-get --snapshot 20250101T000000Z" }),
    note: Some("with Snapshot: true in the sources"),
    also: Some("apt 2.9: Debian 13, Ubuntu 24.04"),
    ..Fix::BLANK
};

/// The log of whoever made the base.
pub(in crate::causes) const BOOTSTRAP: Fix = Fix {
    id: "clean-bootstrap-log",
    change: Change::Words("Remove /var/log/bootstrap.log where the base image is made"),
    ..Fix::BLANK
};

/// Copies that dpkg keeps.
pub(in crate::causes) const DPKG_BACKUPS: Fix = Fix {
    id: "clean-dpkg-backups",
    change: end_of(INSTALLS, "rm -f /var/lib/dpkg/*-old /var/backups/*"),
    ..Fix::BLANK
};

/// What adds accounts, and installs packages that do.
const ACCOUNT_COMMANDS: &[&str] = &[
    "useradd",
    "adduser",
    "usermod",
    "userdel",
    "groupadd",
    "addgroup",
    "groupmod",
    "groupdel",
    "passwd",
    "chpasswd",
    "chage",
    "apt-get install",
    "apt install",
    "aptitude install",
    "dpkg -i",
];

/// Copies that the account tools keep.
pub(in crate::causes) const ACCOUNT_BACKUPS: Fix = Fix {
    id: "clean-account-backups",
    change: end_of(
        Runs { words: "each RUN that adds accounts or installs packages", names: &[], commands: ACCOUNT_COMMANDS },
        "rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-",
    ),
    ..Fix::BLANK
};

/// The day of a password.
pub(in crate::causes) const PASSWORD_DAY: Fix = Fix {
    id: "password-day",
    change: end_of(
        Runs { words: "the RUN that adds the account", names: &[], commands: &["useradd", "adduser"] },
        "chage -d 2024-01-01 USER && rm -f /etc/shadow-",
    ),
    ..Fix::BLANK
};

/// An id that each machine has to have of its own.
pub(in crate::causes) const MACHINE_ID: Fix = Fix {
    id: "clean-machine-id",
    change: end_of(
        Runs { words: "the RUN that makes it", names: &["machine-id"], commands: APT_COMMANDS },
        ": > /etc/machine-id && rm -f /var/lib/dbus/machine-id",
    ),
    ..Fix::BLANK
};

/// Keys that each machine has to have of its own.
pub(in crate::causes) const SSH_KEYS: Fix = Fix {
    id: "clean-ssh-host-keys",
    change: end_of(
        Runs {
            words: "the RUN that installs openssh-server",
            names: &["openssh-server", "ssh-keygen"],
            commands: APT_COMMANDS,
        },
        "rm -f /etc/ssh/ssh_host_*",
    ),
    note: Some("and have ssh-keygen -A run when a container starts"),
    ..Fix::BLANK
};

/// What makes the cache of fonts, or installs packages that do.
const FONT_COMMANDS: &[&str] = &["fc-cache", "apt-get install", "apt install", "aptitude install"];

/// The cache of fonts.
pub(in crate::causes) const FONT_CACHE: Fix = Fix {
    id: "clean-font-cache",
    change: end_of(
        Runs { words: "each RUN that installs fonts", names: &[], commands: FONT_COMMANDS },
        "rm -rf /var/cache/fontconfig/*",
    ),
    ..Fix::BLANK
};

/// Sockets of `GnuPG`.
pub(in crate::causes) const GNUPG_SOCKETS: Fix = Fix {
    id: "clean-gnupg",
    change: end_of(
        Runs { words: "the RUN that calls gpg", names: &["gpg"], commands: &["gpg"] },
        "gpgconf --kill all && rm -rf \"$GNUPGHOME\"",
    ),
    note: Some("or give it a tmpfs: RUN --mount=type=tmpfs,target=/root/.gnupg"),
    ..Fix::BLANK
};

/// Modules compiled at first import, if at all.
pub(in crate::causes) const PIP_NO_COMPILE: Fix = Fix {
    id: "pip-no-compile",
    change: Change::Dockerfile(Edit::Replace { what: "pip install", with: "pip install --no-compile" }),
    note: Some("and ENV PYTHONDONTWRITEBYTECODE=1, which keeps imports from compiling, but not pip"),
    ..Fix::BLANK
};

/// Modules that know their source by its hash.
pub(in crate::causes) const UNCHECKED_HASH: Fix = Fix {
    id: "compileall-unchecked-hash",
    change: end_of(
        Runs { words: "the RUN that installs modules", names: &[], commands: &["pip install"] },
        "python -m compileall -f --invalidation-mode unchecked-hash DIR",
    ),
    also: Some("Python 3.7"),
    ..Fix::BLANK
};

/// npm's cache and logs outside of the layer.
pub(in crate::causes) const NPM_CACHE: Fix = Fix {
    id: "npm-cache",
    change: Change::Dockerfile(Edit::Replace {
        what: "npm ci",
        with: "npm ci --cache /tmp/npm --logs-max=0 && rm -rf /tmp/npm",
    }),
    note: Some("likewise npm install and npm pack"),
    ..Fix::BLANK
};

/// The same in a mount.
pub(in crate::causes) const NPM_MOUNT: Fix = Fix {
    id: "buildkit-npm-mount",
    builder: Some(Builder::Buildkit),
    since: Some("0.8"),
    change: Change::Dockerfile(Edit::Replace {
        what: "RUN npm ci",
        with: "RUN --mount=type=cache,target=/root/.npm npm ci",
    }),
    ..Fix::BLANK
};

/// Downloads that nothing is noted of.
pub(in crate::causes) const WGET_NO_HSTS: Fix = Fix {
    id: "wget-no-hsts",
    change: Change::Dockerfile(Edit::Replace { what: "wget", with: "wget --no-hsts" }),
    also: Some("wget 1.17"),
    ..Fix::BLANK
};

/// A file that another step removes.
pub(in crate::causes) const REMOVE_IN_RUN: Fix = Fix {
    id: "remove-in-run",
    change: Change::Words("Remove the file in the RUN that makes it, or COPY --from a stage that has only the result"),
    ..Fix::BLANK
};
