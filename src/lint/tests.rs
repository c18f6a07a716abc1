//! Rules one by one: what they say, and what they do not.

use super::*;

/// Rules found, with lines.
fn found(text: &str) -> Vec<(usize, &'static str)> {
    let file = Dockerfile::parse(text.as_bytes()).unwrap();
    let surroundings = Surroundings { ignore: Ignore::Missing, target: None };
    check(&file, &surroundings).unwrap().hazards.iter().map(|hazard| (hazard.line, hazard.case.rule.id)).collect()
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule_and_a_fix() {
    for rule in RULES {
        assert!(CASES.iter().any(|case| case.rule == *rule), "{} is never broken", rule.id);
        assert_eq!(RULES.iter().filter(|other| other.id == rule.id).count(), 1, "{}", rule.id);
    }
    for case in CASES {
        assert!(RULES.contains(&case.rule), "{}", case.rule.id);
        assert!(fixes::find(case.fix).is_some(), "{}: there is no fix {}", case.rule.id, case.fix);
    }
}

/// Rules found in one RUN of a stage that is otherwise fine.
fn of_run(command: &str) -> Vec<&'static str> {
    let text = format!("FROM a@sha256:0\nARG SOURCE_DATE_EPOCH\nRUN {command}\n");
    found(&text).into_iter().map(|(_, rule)| rule).collect()
}

#[test]
fn dates_count_where_they_are_kept() {
    for kept in [
        "date > /built",
        "echo $(date) > /built",
        "date | tee /built",
        "V=$(date +%F) make",
        "V=$(date); echo $V >> f",
        "sh -c 'date > x'",
        "sed -i \"s/@/$(date -u)/\" f",
        "(echo a; date) > f",
        "for a in b; do date; done > f",
        "date -d yesterday > f",
        "date -Iseconds > f",
        "cat > f <<X\n$(date)\nX",
        "export V=`date`",
        "date -d '+1 day' > f",
    ] {
        assert_eq!(of_run(kept), ["text-build-stamp"], "{kept}");
    }
    for fine in [
        "echo \"$(date)\"",
        "date",
        "echo 'date > f'",
        "date -u -d @$SOURCE_DATE_EPOCH > f",
        "date > /dev/null",
        "printf '%s' \"$(date)\" 2>&1",
        "update-date > f",
        "V=$(date); echo $V",
        "date -ud @0 > f",
        "date -u -r file > f",
        "cat > f <<'X'\n$(date)\nX",
        "date --utc --date=@0 > f",
        "[ \"$(date +%Y)\" -gt 2000 ]",
    ] {
        assert_eq!(of_run(fine), [""; 0], "{fine}");
    }
    assert_eq!(of_run("date -d @$SOURCE_DATE_EPOCH > f"), ["timezone-rendered-date"]);
}

#[test]
fn packages_count_without_a_version() {
    for unpinned in [
        "pip install requests",
        "python3 -m pip install 'a>=1'",
        "sudo pip3 install a==1.*",
        "npm i -g yarn",
        "npm install",
        "apk add --no-cache curl",
        "gem install bundler",
        "cargo install a",
        "go install example.org/a@latest",
        "uv pip install a",
        "yarn",
        "yarn global add a@1",
        "pecl install redis",
        "dotnet tool install -g a",
        "composer require a/b",
        "dnf install -y gcc-c++ && dnf clean all",
        "env A=1 pip install git+https://example.org/a",
        "pip install -r requirements.txt",
        "npm ci && npm install -g a@latest",
    ] {
        assert!(
            of_run(unpinned).iter().any(|rule| rule.starts_with("package-drift")),
            "{unpinned}: {:?}",
            of_run(unpinned)
        );
    }
    for pinned in [
        "pip install --no-cache-dir requests==1.2",
        "pip install --no-cache-dir .",
        "pip install /wheels/*",
        "echo pip install a",
        "pip install --no-cache-dir a==$V",
        "pip install --no-index -f /w -r r.txt",
        "pip install --no-cache-dir --require-hashes -r r.txt",
        "apk add --no-cache 'curl=8.1-r0' .deps~1",
        "gem install bundler:2.4.1",
        "gem install a -v 1.0.0",
        "cargo install --locked a@1.0.0",
        "go install example.org/a@v1.2.3",
        "go install ./...",
        "yarn install --frozen-lockfile",
        "yarn build",
        "npm run build",
        "pecl install redis-5.3.7",
        "dotnet tool install -g a --version 1.0.0",
        "composer install",
        "cargo build",
        "apk del curl",
        "dnf install -y curl-7.76.1-29.el9 && dnf clean all",
        "pip list",
        "command -v yarn",
        "if ! command -v pnpm; then echo none; fi",
        "npm --version",
        "pip install --no-cache-dir git+https://example.org/a@1.2",
    ] {
        assert_eq!(of_run(pinned), [""; 0], "{pinned}");
    }
}

#[test]
fn apt_is_seen_with_versions_and_what_it_leaves() {
    let clean = "rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache";
    assert_eq!(of_run(&format!("apt-get update && apt-get install -y a=1.2* b=$V ./c.deb && {clean}")), [""; 0]);
    assert_eq!(of_run(&format!("apt-get update && apt-get install -y a && {clean}")), ["package-drift-deb"]);
    assert_eq!(of_run("apt-get update && apt-get install -y a=1"), ["apt-lists", "dpkg-log", "ldconfig-aux-cache"]);
    let mounts = "--mount=type=cache,target=/var/lib/apt --mount=type=tmpfs,target=/var/log --mount=type=cache,target=/var/cache";
    assert_eq!(of_run(&format!("{mounts} apt-get update && apt-get install a=1")), [""; 0]);
    let snapshot = format!(
        "sed -i s,deb.debian.org,snapshot.debian.org/archive/debian/20240101T000000Z, /etc/apt/sources.list && apt-get update && apt-get install -y a && {clean}"
    );
    assert_eq!(of_run(&snapshot), [""; 0]);
    assert_eq!(of_run(&format!("apt-get --snapshot 20250101T000000Z install -y a && {clean}")), [""; 0]);
    assert_eq!(of_run(&format!("apt-get upgrade -y && {clean}")), ["package-drift-deb"]);
}

#[test]
fn downloads_count_where_they_are_saved_and_nothing_checks_them() {
    for bad in [
        "curl -fsSL https://a.example/x | sh",
        "wget -qO- https://a.example/x | bash -s -- -y",
        "bash <(curl https://a.example/x)",
        "sh -c \"$(curl -fsSL https://a.example/x)\"",
        "curl -o x https://a.example/x",
        "curl -fsSLO https://a.example/x",
        "wget https://a.example/x",
        "curl -fsSL https://a.example/x | tar xz",
        "git clone https://a.example/x",
        "curl https://a.example/x > x",
    ] {
        assert_eq!(of_run(bad), ["download-drift"], "{bad}");
    }
    for fine in [
        "curl -f http://localhost/health",
        "curl https://a.example/x",
        "curl -o x https://a.example/x && echo \"1  x\" | sha256sum -c -",
        "wget --spider https://a.example",
        "curl -so /dev/null https://a.example",
        "git clone -b v1.2 https://a.example/x",
        "git clone https://a.example/x && git -C x checkout 0123456789abcdef",
        "echo 'curl x | sh'",
        "curl --version",
    ] {
        assert_eq!(of_run(fine), [""; 0], "{fine}");
    }
}

#[test]
fn archives_hosts_and_chance() {
    for (bad, rule) in [
        ("tar czf /a.tgz /b", "tar-mtime"),
        ("tar -c -f /a.tar b", "tar-mtime"),
        ("tar c b | gzip > a", "tar-mtime"),
        ("gzip -9 /a", "gzip-header-mtime"),
        ("zip -r /a.zip b", "zip-dos-mtime"),
        ("jar cf a.jar b", "zip-dos-mtime"),
        ("uname -r > /k", "kernel-uname-captured"),
        ("hostname > /h", "hostname-captured"),
        ("echo $RANDOM > /r", "text-uuid-random"),
        ("head -c 9 /dev/urandom > /r", "text-uuid-random"),
        ("tr -d x </dev/urandom | head -c 9 > /r", "text-uuid-random"),
        ("git describe > /v", "text-build-stamp"),
        ("gcc -O2 -march=native a.c", "elf-cpu-native"),
        ("sort a > b", "locale-collation-order"),
    ] {
        assert_eq!(of_run(bad), [rule], "{bad}");
    }
    for fine in [
        "tar xzf /a.tgz",
        "tar c a | tar x -C b",
        "tar -C /a -cf - . | (cd /b && tar xf -)",
        "tar --sort=name --mtime=@$SOURCE_DATE_EPOCH -czf a.tgz b",
        "gzip -n /a",
        "gzip -dc a > b",
        "gunzip a",
        "cat a | gzip > b",
        "TZ=UTC zip -X a.zip b c && touch b",
        "jar xf a.jar",
        "jar --create --date=2024-01-01T00:00:00Z --file a.jar b",
        "curl -o x https://a.example/$(uname -m) && sha256sum -c x.sha256",
        "uname -a",
        "make -j$(nproc)",
        "RANDOM=1; echo $RANDOM > f",
        "git rev-parse --show-toplevel > f",
        "hostname x",
        "LC_ALL=C sort a > b",
        "sort -u a | xargs rm",
    ] {
        assert_eq!(of_run(fine), [""; 0], "{fine}");
    }
}

#[test]
fn only_stages_count_that_the_image_depends_on() {
    let unused = "FROM a:1 AS unused\nRUN pip install a\nFROM b@sha256:0\nCOPY --from=c@sha256:0 /a /b\n";
    assert_eq!(found(unused), []);
    let used =
        "FROM a@sha256:0 AS used\nARG SOURCE_DATE_EPOCH\nRUN pip install a\nFROM b@sha256:0\nCOPY --from=used /a /b\n";
    assert_eq!(found(used), [(3, "package-drift-pip")]);
    let ships = "FROM a@sha256:0 AS used\nARG SOURCE_DATE_EPOCH\nRUN pip install a==1\nFROM used\n";
    assert_eq!(found(ships), [(3, "pip-cache-residue")]);
    let file = Dockerfile::parse(unused.as_bytes()).unwrap();
    let target = |name: &str| check(&file, &Surroundings { target: Some(name.to_owned()), ..Surroundings::default() });
    assert_eq!(target("unused").unwrap().hazards.len(), 4);
    assert_eq!(target("nothing"), Err(Unfit::NoStage("nothing".to_owned())));
}

#[test]
fn the_time_is_declared_before_what_needs_it() {
    let of = |lines: &str| found(&format!("FROM a@sha256:0\n{lines}\n"));
    assert_eq!(of("RUN make"), [(1, "source-date-epoch-undeclared")]);
    assert_eq!(of("RUN mkdir /a && chmod 1 /a"), []);
    assert_eq!(of("ARG SOURCE_DATE_EPOCH\nRUN make"), []);
    assert_eq!(of("RUN make\nARG SOURCE_DATE_EPOCH"), [(3, "source-date-epoch-misplaced")]);
    assert_eq!(of("RUN SOURCE_DATE_EPOCH=0 make"), []);
    assert_eq!(
        found("ARG SOURCE_DATE_EPOCH\nFROM a@sha256:0\nRUN make\nFROM a@sha256:1\nCOPY --from=0 / /\nRUN make\n"),
        [(1, "source-date-epoch-misplaced")]
    );
    assert_eq!(found("FROM a@sha256:0 AS a\nARG SOURCE_DATE_EPOCH\nFROM a\nRUN make\n"), []);
}

#[test]
fn bases_are_named_by_digest() {
    assert_eq!(found("FROM a:1\n"), [(1, "base-image-drift")]);
    assert_eq!(found("ARG BASE=a:1\nFROM ${BASE}\n"), [(2, "base-image-drift")]);
    for fine in [
        "FROM scratch\n",
        "ARG BASE=a@sha256:0\nFROM $BASE\n",
        "ARG BASE\nFROM $BASE\n",
        "FROM a@sha256:0 AS b\nFROM b\n",
    ] {
        assert_eq!(found(fine), [], "{fine}");
    }
    assert_eq!(found("FROM scratch\nCOPY --from=a/b:1 /c /d\n"), [(2, "base-image-drift")]);
}

#[test]
fn secrets_are_named_and_not_shown() {
    let text = "FROM scratch\nARG NPM_TOKEN\nENV API_KEY=sk7Jq2Lm9Xp4\nENV DB_PASSWORD=$DB_PASSWORD\nRUN curl -H 'Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345' x\n";
    let file = Dockerfile::parse(text.as_bytes()).unwrap();
    let lint = check(&file, &Surroundings::default()).unwrap();
    let secrets: Vec<_> = lint.hazards.iter().filter(|hazard| hazard.case.rule.id == "config-secret-exposed").collect();
    assert_eq!(secrets.iter().map(|hazard| hazard.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    let shown = document(Some(("x", &lint)), None).unwrap();
    assert!(!shown.contains("sk7Jq2Lm9Xp4") && !shown.contains("ghp_"), "{shown}");
    assert_eq!(
        found(
            "FROM scratch\nARG TOKEN_FILE\nENV PASSWORD_FILE=/run/secrets/a AUTH_METHOD=basic\nENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D\n"
        ),
        []
    );
}

#[test]
fn suppressions_are_used_or_told() {
    let text = "# reprove: ignore=base-image-drift,apt-lists reason: pinned elsewhere\nFROM a:1\n";
    let lint = check(&Dockerfile::parse(text.as_bytes()).unwrap(), &Surroundings::default()).unwrap();
    assert_eq!(lint.hazards, []);
    assert_eq!(lint.suppressed.first().unwrap().1, "pinned elsewhere");
    assert_eq!(lint.unused, [(1, vec!["apt-lists".to_owned()])]);
    let other = "# reprove: ignore=base-image-drift\nFROM a:1\n";
    let lint = check(&Dockerfile::parse(other.as_bytes()).unwrap(), &Surroundings::default()).unwrap();
    assert_eq!((lint.hazards.len(), lint.refused.len()), (1, 1));
}

#[test]
fn a_shell_that_is_none_of_posix_is_not_read() {
    assert_eq!(found("# escape=`\nFROM a@sha256:0\nRUN pip install a\n"), []);
    assert_eq!(found("FROM a@sha256:0\nSHELL [\"pwsh\", \"-Command\"]\nRUN pip install a\n"), []);
    assert_eq!(
        found("FROM a@sha256:0\nARG SOURCE_DATE_EPOCH\nRUN <<EOF\nset -e\nnpm install\nEOF\n")[1],
        (5, "package-drift-npm")
    );
    assert_eq!(
        found("FROM a@sha256:0\nARG SOURCE_DATE_EPOCH\nRUN <<EOF\n#!/usr/bin/env python3\nnpm install\nEOF\n"),
        []
    );
    assert_eq!(found("FROM a@sha256:0\nRUN [\"pip\", \"install\", \"a\"]\n").len(), 3);
    assert_eq!(found("FROM a@sha256:0\nONBUILD RUN npm ci --cache /tmp/x && npm install a\n")[0].0, 2);
}
