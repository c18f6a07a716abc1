//! Changes that only rules ask for; most of theirs are those of the causes.

use crate::causes::{Change, Edit, Fix, LIST, Reach, Runs};

/// The change with this id.
pub(super) fn find(id: &str) -> Option<&'static Fix> {
    let of_causes = || LIST.iter().flat_map(|cause| cause.remedies).copied().find(|fix| fix.id == id);
    OWN.iter().find(|fix| fix.id == id).or_else(of_causes)
}

/// Whether no cause has it.
pub(super) fn is_own(fix: &Fix) -> bool {
    OWN.contains(fix)
}

const fn own(id: &'static str, change: Change, note: Option<&'static str>) -> Fix {
    Fix { id, builder: None, since: None, until: None, also: None, change, note, reach: Reach::Everywhere, needs: &[] }
}

const fn replace(what: &'static str, with: &'static str) -> Change {
    Change::Dockerfile(Edit::Replace { what, with })
}

const fn append(words: &'static str, commands: &'static [&'static str], command: &'static str) -> Change {
    Change::Dockerfile(Edit::Append { run: Runs { words, names: &[], commands }, command })
}

static OWN: &[Fix] = &[
    own(
        "pin-source",
        replace("--from=NAME:TAG", "--from=NAME:TAG@sha256:…"),
        Some("or begin a stage with it, and copy from that"),
    ),
    own(
        "apk-versions",
        replace("apk add NAME", "apk add NAME=VERSION"),
        Some(
            "Alpine keeps only the newest version of a branch: a mirror of your own, or a base that has the packages, lasts longer",
        ),
    ),
    own(
        "rpm-versions",
        replace("dnf install NAME", "dnf install NAME-VERSION-RELEASE"),
        Some("likewise yum and microdnf; or --releasever with a repository that stays"),
    ),
    own(
        "pip-versions",
        replace("pip install NAME", "pip install NAME==VERSION"),
        Some("or better, list all in a file with hashes, and pip install --require-hashes -r FILE"),
    ),
    own(
        "pip-hashes",
        replace("pip install -r", "pip install --require-hashes -r"),
        Some("with hashes in the file: pip-compile --generate-hashes, or uv export"),
    ),
    own("python-lock", replace("uv sync", "uv sync --locked"), Some("pipenv: pipenv sync, or pipenv install --deploy")),
    own("npm-versions", replace("npm install -g NAME", "npm install -g NAME@VERSION"), None),
    own("npm-ci", replace("npm install", "npm ci"), Some("with package-lock.json copied before")),
    own(
        "frozen-lockfile",
        replace("yarn install", "yarn install --frozen-lockfile"),
        Some("Yarn 2 and later: --immutable; pnpm and bun: --frozen-lockfile"),
    ),
    own("go-version", replace("go install PACKAGE@latest", "go install PACKAGE@VERSION"), None),
    own("gem-version", replace("gem install NAME", "gem install NAME -v VERSION"), None),
    own("cargo-version", replace("cargo install NAME", "cargo install --locked NAME@VERSION"), None),
    own("cargo-locked", replace("cargo install", "cargo install --locked"), None),
    own(
        "composer-lock",
        Change::File("Add the package to composer.json and composer.lock, and run composer install"),
        None,
    ),
    own("pecl-version", replace("pecl install NAME", "pecl install NAME-VERSION"), None),
    own("nuget-version", replace("dotnet tool install NAME", "dotnet tool install NAME --version VERSION"), None),
    own(
        "commit-argument",
        Change::Words("Pass the commit as a build argument (--build-arg REVISION=…) and use it below ARG REVISION"),
        None,
    ),
    own("no-kernel", Change::Words("Name the version that is meant, or ask for the machine alone: uname -m"), None),
    own("no-hostname", Change::Words("Write a fixed name, or none"), None),
    own("no-random", Change::Words("Make the value when a container starts, or write a fixed one"), None),
    own(
        "march",
        replace("-march=native", "-march=x86-64-v2"),
        Some("or another baseline that all machines have which run the image"),
    ),
    own(
        "checked-script",
        Change::Words("Download the script of one version to a file, check it with sha256sum -c, and run that"),
        None,
    ),
    own(
        "check-download",
        append("the RUN that downloads", &["curl", "wget"], "echo \"SHA256  FILE\" | sha256sum -c -"),
        Some("before the file is used; or ADD --checksum=sha256:… URL"),
    ),
    own(
        "clone-commit",
        append("the RUN that clones", &["git clone"], "git -C DIRECTORY checkout COMMIT"),
        Some("or ADD https://HOST/REPOSITORY.git#COMMIT"),
    ),
    own(
        "dockerignore",
        Change::File("Write a .dockerignore with .git and all that the image does not need; or COPY the files by name"),
        None,
    ),
    own("keys-at-start", Change::Words("Make keys when a container starts, or mount them"), None),
    own(
        "no-cluster",
        append(
            "the RUN that installs",
            &["apt-get install", "apt install"],
            "rm -rf /var/lib/postgresql /etc/postgresql",
        ),
        Some("or create_main_cluster = false in /etc/postgresql-common/createcluster.conf before"),
    ),
    own(
        "no-data-directory",
        append("the RUN that installs", &["apt-get install", "apt install"], "rm -rf /var/lib/mysql/*"),
        Some("and have it made when a container starts"),
    ),
    own("apk-no-cache", replace("apk add", "apk add --no-cache"), None),
    own(
        "dnf-clean",
        append(
            "each RUN that installs packages",
            &["dnf install", "yum install", "microdnf install"],
            "dnf clean all && rm -rf /var/cache/dnf /var/log/dnf*",
        ),
        Some("likewise yum and microdnf"),
    ),
    own(
        "pip-no-cache",
        replace("pip install", "pip install --no-cache-dir"),
        Some("or RUN --mount=type=cache,target=/root/.cache/pip"),
    ),
    own(
        "stages",
        Change::Words("Build in a stage of its own, and COPY --from=STAGE only the result into the last one"),
        None,
    ),
];
