//! Edits of Dockerfiles as people write them: what is edited, what only looks like it, and that every other byte stays.

use std::collections::BTreeSet;

use super::*;
use crate::causes;

fn fix(id: &str) -> &'static Fix {
    causes::fix_of(id).unwrap_or_else(|| panic!("no fix is called {id}"))
}

fn parsed(source: &str) -> Dockerfile {
    Dockerfile::parse(source.as_bytes()).unwrap()
}

fn site(file: &Dockerfile) -> Site<'static> {
    Site { target: file.stages().len() - 1, nodes: None, bases: &[] }
}

/// The file with the edits of some fixes, all findings being somewhere; what is left in words.
fn fixed(source: &str, ids: &[&str]) -> (String, Vec<String>) {
    let file = parsed(source);
    let requests: Vec<Request> = ids.iter().map(|id| Request { fix: fix(id), site: site(&file) }).collect();
    let patch = Patch::new(&file, &requests);
    let left = patch.applied.iter().flat_map(|applied| &applied.left).map(ToString::to_string);
    (patch.file.source().to_owned(), left.collect())
}

#[track_caller]
fn becomes(id: &str, run: &str, expected: &str) {
    let (after, left) = fixed(&format!("FROM a\nRUN {run}\nUSER z\n"), &[id]);
    assert_eq!(after, format!("FROM a\nRUN {expected}\nUSER z\n"));
    assert!(left.is_empty(), "{left:?}");
}

#[track_caller]
fn stays(id: &str, run: &str) -> String {
    let source = format!("FROM a\nRUN {run}\nUSER z\n");
    let (after, left) = fixed(&source, &[id]);
    assert_eq!(after, source);
    left.join("; ")
}

/// The RUN that findings name.
#[track_caller]
fn named(source: &str, line: usize, id: &str) -> (String, Vec<String>) {
    let file = parsed(source);
    let nodes = BTreeSet::from([file.node_at(line).unwrap()]);
    let site = Site { nodes: Some(nodes), ..site(&file) };
    let patch = Patch::new(&file, &[Request { fix: fix(id), site }]);
    let left = patch.applied.iter().flat_map(|applied| &applied.left).map(ToString::to_string);
    (patch.file.source().to_owned(), left.collect())
}

#[test]
fn pip_compiles_nothing() {
    let becomes = |run, expected| becomes("pip-no-compile", run, expected);
    becomes("pip install x", "pip install --no-compile x");
    becomes(
        "pip3 install -r r.txt && pip3.11 install y",
        "pip3 install --no-compile -r r.txt && pip3.11 install --no-compile y",
    );
    becomes("python3 -m pip install x", "python3 -m pip install --no-compile x");
    becomes("/opt/venv/bin/pip --no-cache-dir install x", "/opt/venv/bin/pip --no-cache-dir install --no-compile x");
    becomes("$VENV/bin/python -I -m pip install \"x>1\"", "$VENV/bin/python -I -m pip install --no-compile \"x>1\"");
    becomes(
        "--mount=type=cache,target=/c PIP_X=1 pip \\\n    # why\n    install x",
        "--mount=type=cache,target=/c PIP_X=1 pip \\\n    # why\n    install --no-compile x",
    );
    becomes("if true; then sudo pip install x; fi", "if true; then sudo pip install --no-compile x; fi");
    becomes("<<EOF\nset -e\npip install \\\n  x\nEOF", "<<EOF\nset -e\npip install --no-compile \\\n  x\nEOF");
    becomes("pip install x && pip install --no-compile y", "pip install --no-compile x && pip install --no-compile y");
}

#[test]
fn what_only_looks_like_pip_stays() {
    let stays = |run| stays("pip-no-compile", run);
    for run in [
        "echo pip install x",
        "echo 'pip install x'",
        "printf \"%s\" \"run pip install x\"",
        "x # pip install x",
        "pip wheel x",
        "pip download install",
        "pipx install x",
        "apt-get install pip",
        "command -v pip install",
        "cat pip install",
        "uv pip install x",
        "sh -c 'pip install x'",
        "grep -q pip <install",
    ] {
        assert!(stays(run).contains("no RUN that the findings lead to"), "{run}");
    }
    assert_eq!(stays("pip install --no-compile x"), "", "it is there");
    assert!(stays("pip install --compile x").contains("pip is called in a way"));
    assert!(stays("[\"pip\", \"install\", \"x\"]").contains("POSIX shell"));
    assert!(stays("x=`pip install \\`y\\``").contains("not understood"));
    // A comment inside of the instruction, and other instructions.
    let source = "FROM a\nRUN x \\\n # pip install y\n z\nLABEL a=\"pip install\"\nCMD pip install x\n";
    assert_eq!(fixed(source, &["pip-no-compile"]).0, source);
}

#[test]
fn date_prints_the_time_of_the_build() {
    let becomes = |run, expected| becomes("date-from-epoch", run, expected);
    becomes("date > /d", "date -u -d @$SOURCE_DATE_EPOCH > /d");
    becomes(
        "echo \"{\\\"at\\\": \\\"$(date --iso-8601=seconds)\\\"}\" > /j",
        "echo \"{\\\"at\\\": \\\"$(date -u -d @$SOURCE_DATE_EPOCH --iso-8601=seconds)\\\"}\" > /j",
    );
    becomes(
        "echo `date +%F` $(date -u)",
        "echo `date -u -d @$SOURCE_DATE_EPOCH +%F` $(date -d @$SOURCE_DATE_EPOCH -u)",
    );
    becomes("X=$(date -Iseconds) make", "X=$(date -u -d @$SOURCE_DATE_EPOCH -Iseconds) make");
    becomes(
        "/bin/date '+%Y %m'>/x;date",
        "/bin/date -u -d @$SOURCE_DATE_EPOCH '+%Y %m'>/x;date -u -d @$SOURCE_DATE_EPOCH",
    );
}

#[test]
fn what_only_looks_like_date_stays() {
    for run in [
        "touch date",
        "cat /date",
        "apt-get update",
        "date -d @1",
        "date -ud @1",
        "date --date=yesterday",
        "date -r /file +%s",
        "date --reference /file",
        "echo date; echo 'date'",
        "x --date",
        "./update date",
        "case $x in date) y ;; esac",
        "for date in a b; do echo $date; done",
        "make DATE=date",
        "cat > date < date",
        "echo ${x:-date}",
    ] {
        assert!(stays("date-from-epoch", run).contains("no RUN that the findings lead to"), "{run}");
    }
    assert!(stays("date-from-epoch", "while [ $(date +%s) -lt $end ]; do x; done").contains("a loop"));
}

#[test]
fn archives_are_packed_with_options() {
    let options = "--format=posix --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner \
                   --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
    becomes("tar-options", "tar -czf x.tgz d", &format!("tar {options} -czf x.tgz d"));
    becomes("tar-options", "tar czf x.tgz d", &format!("tar {options} -czf x.tgz d"));
    becomes("tar-options", "tar --create --file x d", &format!("tar {options} --create --file x d"));
    becomes("tar-options", "tar -C /s -c . | gzip > x", &format!("tar {options} -C /s -c . | gzip > x"));
    becomes(
        "tar-options",
        "tar -H ustar --sort=name -cf x d",
        "tar --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner -H ustar --sort=name -cf x d",
    );
    for run in ["tar xf x", "tar -xzf x -C /c", "tar -tf x", "echo tar -cf x d", "tar --extract --file=create"] {
        assert!(stays("tar-options", run).contains("no RUN"), "{run}");
    }
    assert!(stays("tar-options", "tar cfb x 20 d").contains("tar is called"));
    assert!(stays("tar-options", "tar -C /a -c . | tar -x -C /b").contains("unpacked at once"));
    becomes("gzip-no-name", "gzip -9k x && cat y | gzip>z", "gzip -n -9k x && cat y | gzip -n>z");
    for run in ["gzip -d x", "gunzip x", "gzip -cd x", "gzip --test x", "apt-get install gzip", "tar --gzip -cf x y"] {
        assert!(stays("gzip-no-name", run).contains("no RUN"), "{run}");
    }
    assert_eq!(stays("gzip-no-name", "gzip -9n x; gzip --no-name y"), "");
    becomes("xz-threads", "xz -9 x", "xz -6 -T1 -9 x");
    becomes("zip-extra", "zip -r x.zip y", "zip -X -r x.zip y");
    let (after, left) = fixed("FROM a\nRUN jar cf x.jar d && zip -@ x.zip <y\n", &["zip-times"]);
    assert!(after.contains("jar --date=") && left.join("").contains("zip writes the times"), "{after}{left:?}");
    becomes(
        "zip-times",
        "jar cvf x.jar -C d .",
        "jar --date=2024-01-01T00:00:00Z --create --verbose --file x.jar -C d .",
    );
    becomes("zip-times", "jar --create --file x.jar d", "jar --date=2024-01-01T00:00:00Z --create --file x.jar d");
    assert!(stays("zip-times", "jar cfm x.jar M d").contains("jar is called"));
    assert!(stays("zip-times", "jar xf x.jar && unzip y.zip && java -jar x.jar").contains("no RUN"));
}

#[test]
fn files_have_one_time_before_zip_packs_them() {
    const TOUCH: &str = "-exec touch -hd 2024-01-01T00:00:00Z {} + && zip -X";
    let becomes = |run: &str, expected: &str| self::becomes("zip-times", run, &expected.replace("TOUCH", TOUCH));
    becomes("zip -r x.zip y", "{ find y TOUCH -r x.zip y; }");
    becomes(
        "a|zip -9qr x.zip $d \"e f\" *.txt>/dev/null||b",
        "a|{ find $d \"e f\" *.txt TOUCH -9qr x.zip $d \"e f\" *.txt; }>/dev/null||b",
    );
    becomes("a; zip x.zip y -r; b", "a; { find y TOUCH x.zip y -r; }; b");
    becomes("(cd y && zip \\\n  -r ../x.zip \\\n  .)", "(cd y && { find . TOUCH \\\n  -r ../x.zip \\\n  .; })");
    self::becomes("zip-times", "zip -Xr x y", "{ find y -exec touch -hd 2024-01-01T00:00:00Z {} + && zip -Xr x y; }");
    for run in [
        "zip x.zip -@ <y",
        "zip -r x.zip -i y z",
        "zip -ru x.zip y",
        "zip -r x.zip $(cat y)",
        "zip -r x.zip `cat y`",
        "zip -r x.zip",
        "sudo zip -r x.zip y",
        "if a; then zip -r x.zip y; fi",
        "TZ=UTC zip -r x.zip y",
        "find y | xargs zip x.zip z",
        "zip --recurse-paths x.zip y",
    ] {
        assert!(stays("zip-times", run).contains("zip writes the times of the files"), "{run}");
    }
    assert!(stays("zip-times", "python3 -m zipapp y -m a:b").contains("zipapp writes"));
}

#[test]
fn compilers_write_no_directory_of_the_build() {
    becomes(
        "go-trimpath",
        "go build -o /x . && go install -C y ./z",
        "go build -trimpath -o /x . && go install -C y -trimpath ./z",
    );
    becomes("go-trimpath", "CGO_ENABLED=0 go build -C=y", "CGO_ENABLED=0 go build -C=y -trimpath");
    assert_eq!(stays("go-trimpath", "go build -trimpath . && go install --trimpath=true ./y"), "");
    let map = "-ffile-prefix-map=\"$PWD\"=.";
    becomes("file-prefix-map", "gcc -g -o x x.c", &format!("gcc {map} -g -o x x.c"));
    becomes(
        "file-prefix-map",
        "cd \"$(mktemp -d)\" && x86_64-linux-gnu-g++-12 -c /x.cc && clang x.c",
        &format!("cd \"$(mktemp -d)\" && x86_64-linux-gnu-g++-12 {map} -c /x.cc && clang {map} x.c"),
    );
    assert_eq!(stays("file-prefix-map", "cc -ffile-prefix-map=/a=/b x.c"), "");
    becomes("rustc-remap-path", "rustc -g x.rs", "rustc --remap-path-prefix=\"$PWD\"=. -g x.rs");
    becomes("build-id-hash", "cc x.c -Wl,-s,--build-id=uuid -o x", "cc x.c -Wl,-s,--build-id=sha1 -o x");
    for (id, run) in [
        ("go-trimpath", "go test ./... && go mod download && echo go build"),
        ("file-prefix-map", "gcc --version && apt-get install gcc && make CC=gcc && gcov x.c"),
        ("rustc-remap-path", "rustc -vV && cargo build && rustup default x"),
        ("build-id-hash", "cc x.c -Wl,--build-id=sha1 && echo --build-id=uuid"),
    ] {
        assert!(stays(id, run).contains("no RUN that the findings lead to"), "{run}");
    }
    assert!(stays("build-id-hash", "cc x.c '-Wl,--build-id=uuid'").contains("cc is called in a way"));
}

#[test]
fn npm_keeps_nothing() {
    becomes("npm-cache", "npm ci --omit=dev", "npm ci --cache /tmp/npm --logs-max=0 --omit=dev && rm -rf /tmp/npm");
    becomes(
        "npm-cache",
        "npm install \\\n    && npm run build",
        "npm install --cache /tmp/npm --logs-max=0 \\\n    && npm run --cache /tmp/npm --logs-max=0 build \\\n    && rm -rf /tmp/npm",
    );
    for run in ["npm config set x y", "npx x", "echo npm ci", "cd npm && ci", "npm --version"] {
        assert!(stays("npm-cache", run).contains("no RUN"), "{run}");
    }
    assert_eq!(stays("npm-cache", "npm ci --cache /c"), "");
}

#[test]
fn arguments_and_variables_are_declared_where_something_runs() {
    let source = "ARG B=x\nFROM a AS one\nRUN x\nFROM a AS unused\nRUN y\nFROM b AS two\nCOPY z /\nFROM one AS three\n\
                  ARG SOURCE_DATE_EPOCH\nRUN w\nFROM c\nCOPY --from=two / /\nRUN --mount=from=three,target=/t v\n";
    let (after, left) = fixed(source, &["arg-source-date-epoch"]);
    let expected = source
        .replace("FROM a AS one\n", "FROM a AS one\nARG SOURCE_DATE_EPOCH\n")
        .replace("FROM c\n", "FROM c\nARG SOURCE_DATE_EPOCH\n");
    assert_eq!((after.as_str(), left.len()), (expected.as_str(), 0));
    assert_eq!(fixed(&after, &["arg-source-date-epoch"]).0, after, "once is enough");
    let set = "FROM a\nENV SOURCE_DATE_EPOCH=1\nRUN x\n";
    assert_eq!(fixed(set, &["arg-source-date-epoch"]).0, set);
    let (after, _) = fixed("FROM a\nENV LANG=de_DE.UTF-8\nRUN x", &["env-locale"]);
    assert_eq!(after, "FROM a\nENV LC_ALL=C.UTF-8 TZ=UTC\nENV LANG=de_DE.UTF-8\nRUN x");
}

#[test]
fn what_a_run_leaves_is_removed_in_it() {
    let cleanup = "rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb \
                   /var/cache/ldconfig/aux-cache /var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log";
    let source = "FROM a\nRUN echo apt-get install\nRUN apt-get update && \\\n    apt-get install -y x\nRUN y\n";
    let (after, left) = fixed(source, &["clean-after-apt", "clean-machine-id"]);
    let appended = format!("x \\\n    && {cleanup} \\\n    && : > /etc/machine-id && rm -f /var/lib/dbus/machine-id\n");
    assert_eq!((after, left.len()), (source.replace("x\n", &appended), 0));
    // The one that makes the file itself, rather than the one that may.
    let (after, _) = fixed("FROM a\nRUN apt-get install x\nRUN y > /etc/machine-id\n", &["clean-machine-id"]);
    assert!(after.starts_with("FROM a\nRUN apt-get install x\nRUN y > /etc/machine-id && : >"), "{after}");
    // The one that findings name, whatever it runs; and none of the others.
    let (after, left) = named("FROM a\nRUN apt-get install -y x\nRUN ./setup\n", 3, "clean-after-apt");
    assert_eq!((after, left.len()), (format!("FROM a\nRUN apt-get install -y x\nRUN ./setup && {cleanup}\n"), 0));
    let (after, _) = named(
        "FROM a AS b\nRUN apt-get install -y x\nRUN z\nFROM c\nRUN apt-get install -y y\nCOPY --from=b /var/log /l\n",
        6,
        "clean-after-apt",
    );
    assert!(after.contains("install -y x && rm") && after.contains("RUN apt-get install -y y\n"), "{after}");
}

#[test]
fn findings_that_are_copied_and_those_that_are_made_lead_to_both() {
    let source = "FROM a AS b\nRUN apt-get install -y x\nFROM a AS m\nRUN apt-get install -y z\nFROM c\n\
                  COPY --from=b /var/log /l\nRUN --mount=from=m,target=/m ./setup\n";
    let file = parsed(source);
    let nodes = BTreeSet::from([file.node_at(6).unwrap(), file.node_at(7).unwrap()]);
    let site = Site { nodes: Some(nodes), ..site(&file) };
    let patch = Patch::new(&file, &[Request { fix: fix("clean-after-apt"), site }]);
    assert_eq!(patch.applied[0].lines, [2, 7], "what is only mounted leaves nothing");
}

#[test]
fn depth_is_bounded() {
    let deep = format!("FROM a\nRUN date {}\n", "\"${x".repeat(100_000));
    assert_eq!(fixed(&deep, &["date-from-epoch"]).0, deep);
    let deep = format!("FROM a\nRUN date {}\n", "$(".repeat(100_000));
    assert!(fixed(&deep, &["date-from-epoch"]).1[0].contains("not understood"));
}

#[test]
fn what_would_do_harm_is_left_to_people() {
    let left = |source: &str, id: &str| {
        let (after, left) = fixed(source, &[id]);
        assert_eq!(after, source);
        left.join("; ")
    };
    let lists =
        "FROM a\nRUN apt-get update && apt-get install -y x\nRUN apt-get install -y y && rm -rf /var/lib/apt/lists/*\n";
    let (after, why) = fixed(lists, &["clean-after-apt"]);
    assert!(why.join("").contains("line 2: the RUN in line 3 needs the lists"), "{why:?}");
    let rest =
        "install -y x && rm -rf /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/ldconfig/aux-cache";
    assert!(
        after.contains(rest) && after.matches("/var/lib/apt/lists").count() == 2,
        "what nobody needs goes: {after}"
    );
    assert!(left("FROM a\nUSER b\nRUN apt-get install -y x\n", "clean-after-apt").contains("not run as root"));
    assert!(left("FROM a\nRUN apt-get install -y x &\n", "clean-after-apt").contains("in the background"));
    assert!(left("FROM a\nSHELL [\"cmd\"]\nRUN apt-get install x\n", "clean-after-apt").contains("POSIX shell"));
    assert!(left("FROM a\nRUN x\n", "touch-files").contains("only the author"));
    assert!(left("FROM a\nRUN x\n", "pin-frontend").contains("only the author"));
    assert!(left("FROM a\nCOPY x /\n", "copy-chmod").contains("only the author"));
    assert!(left("FROM a\nRUN x\n", "umask").contains("no edit of the Dockerfile"));
    assert!(left("FROM a\nCOPY x /\n", "date-from-epoch").contains("lead to no RUN"));
}

#[test]
fn bases_are_pinned_where_their_digest_is_known() {
    let bases = [
        ("docker.io/library/debian:12", "sha256:1"),
        ("ghcr.io/x/y:2", "sha256:2"),
        ("z:1", "sha256:3"),
        ("z:1", "sha256:4"),
    ]
    .map(|(name, digest)| Base { name: name.to_owned(), digest: digest.to_owned() });
    let source = "ARG V=12\nFROM --platform=$BUILDPLATFORM debian:$V AS a\nFROM a AS b\nFROM ghcr.io/x/y:2\nCOPY --from=b / /\n\
                  FROM scratch AS c\nFROM z:1 AS d\nFROM q@sha256:9\nCOPY --from=2 / /\nCOPY --from=c / /\nCOPY --from=d / /\n";
    let file = parsed(source);
    let patch = Patch::new(&file, &[Request { fix: fix("pin-base"), site: Site { bases: &bases, ..site(&file) } }]);
    let expected = source.replace("debian:$V AS", "debian:$V@sha256:1 AS").replace("y:2\n", "y:2@sha256:2\n");
    assert_eq!(patch.file.source(), expected);
    let left: Vec<String> = patch.applied[0].left.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["line 7: the digest of z:1 is not known"]);
}

#[test]
fn every_other_byte_stays() {
    let source = "\u{feff}# syntax=docker/dockerfile:1\r\nFROM a\r\nRUN date > /d \\\r\n  && gzip /d\r\nCOPY <<EOF /x\r\ndate\r\nEOF\r\nRUN true";
    let (after, left) = fixed(source, &["arg-source-date-epoch", "date-from-epoch", "gzip-no-name"]);
    let expected = source
        .replace("FROM a\r\n", "FROM a\r\nARG SOURCE_DATE_EPOCH\r\n")
        .replace("date > /d", "date -u -d @$SOURCE_DATE_EPOCH > /d")
        .replace("gzip /d", "gzip -n /d");
    assert_eq!((after, left.len()), (expected, 0));
}

#[test]
fn every_fix_is_an_edit_or_says_why_not() {
    let source = "FROM a\nRUN x\n";
    let file = parsed(source);
    for fix in causes::fixes() {
        let changed = change(&file, fix, &site(&file));
        assert!(changed.is_made() || !changed.left.is_empty(), "{fix:?}");
        let blanks = changed.edits.iter().map(|edit| edit.text.as_str()).filter(|text| !text.starts_with("ENV "));
        assert!(
            blanks.into_iter().all(|text| !has_blanks(text.trim_start_matches("ARG SOURCE_DATE_EPOCH"))),
            "{fix:?}"
        );
    }
}
