//! Histories as builders write them, and the lines that they are matched with.

use super::parsed;
use crate::dockerfile::{Build, Dockerfile, Record, layer_steps};

/// Lines of the instructions behind the layers of a history, base first; 0 where none is known.
fn lines_of(file: &Dockerfile, history: &[&str], build: &Build) -> Vec<usize> {
    let records: Vec<_> = history
        .iter()
        .map(|text| Record { command: text.strip_prefix("- ").unwrap_or(text), empty: text.starts_with("- ") })
        .collect();
    let steps = layer_steps(file, &records, None, build);
    let made = records.iter().zip(steps).filter(|(record, _)| !record.empty);
    made.map(|(_, node)| node.map_or(0, |node| file.nodes()[node].line)).collect()
}

fn lines(source: &str, history: &[&str]) -> Vec<usize> {
    lines_of(&parsed(source), history, &Build::default())
}

const APP: &str = r#"ARG BASE=debian
FROM $BASE AS build
RUN make
FROM $BASE
ARG V=1
ENV A="x y" B=$V PATH=/opt/bin:$PATH
LABEL title=thing version=$V
WORKDIR /srv/$V
COPY a.txt b.txt ./
COPY --chmod=0644 --chown=1:2 a.txt /x/$V/
RUN --mount=type=cache,target=/root/.cache \
    set -eux; \
    # why
	apt-get update && \
    apt-get install -y curl
RUN ["/bin/true", "a b"]
COPY --from=build --link /out /usr/
ONBUILD RUN true
EXPOSE 80
ENTRYPOINT ["/x"]
CMD run $A
"#;

#[test]
fn buildkit_expands_words() {
    let history = [
        "/bin/sh -c #(nop) ADD file:0 in / ",
        "- /bin/sh -c #(nop)  CMD [\"bash\"]",
        "- ARG V=9",
        "- ENV A=x y B=9 PATH=/opt/bin:/usr/bin",
        "- LABEL title=thing version=9",
        "WORKDIR /srv/9",
        "COPY a.txt b.txt ./ # buildkit",
        "COPY --chown=1:2 --chmod=0644 a.txt /x/9/ # buildkit",
        "RUN |1 V=9 /bin/sh -c set -eux;     apt-get update &&     apt-get install -y curl # buildkit",
        "RUN |1 V=9 /bin/true a b # buildkit",
        "COPY /out /usr/ # buildkit",
        "- EXPOSE [80/tcp]",
        "- ENTRYPOINT [\"/x\"]",
        "- CMD [\"/bin/sh\" \"-c\" \"run $A\"]",
    ];
    assert_eq!(lines(APP, &history), [0, 8, 9, 10, 11, 16, 17]);
}

#[test]
fn docker_without_buildkit_sums_what_it_copies() {
    let history = [
        "/bin/sh -c #(nop) ADD file:0 in / ",
        "- /bin/sh -c #(nop)  ARG V=9",
        "- /bin/sh -c #(nop)  ENV A=x y B=9 PATH=/opt/bin:/usr/bin",
        "- /bin/sh -c #(nop)  LABEL title=thing version=9",
        "- /bin/sh -c #(nop) WORKDIR /srv/9",
        "/bin/sh -c #(nop) COPY multi:1 in /srv/9/ ",
        "/bin/sh -c #(nop) COPY file:2 in /x/9/ ",
        "|1 V=9 /bin/sh -c set -eux; \tapt-get update &&     apt-get install -y curl",
        "|1 V=9 /bin/true a b",
        "/bin/sh -c #(nop) COPY dir:3 in /usr/ ",
        "- /bin/sh -c #(nop)  ONBUILD RUN true",
        "- /bin/sh -c #(nop)  EXPOSE 80",
        "- /bin/sh -c #(nop)  ENTRYPOINT [\"/x\"]",
        "- /bin/sh -c #(nop)  CMD [\"/bin/sh\" \"-c\" \"run $A\"]",
    ];
    assert_eq!(lines(APP, &history), [0, 9, 10, 11, 16, 17]);
}

#[test]
fn docker_without_buildkit_says_the_shell_of_what_ran_nothing() {
    let source = "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nCOPY x /y\nRUN one\nUSER z\n";
    let history = [
        "- /bin/bash -o pipefail -c #(nop)  SHELL [/bin/bash -o pipefail -c]",
        "/bin/bash -o pipefail -c #(nop) COPY file:1 in /y ",
        "/bin/bash -o pipefail -c one",
        "- /bin/bash -o pipefail -c #(nop)  USER z",
    ];
    assert_eq!(lines(source, &history), [3, 4]);
}

/// As buildah 1.28 writes it, with `--timestamp` for notes.
const BUILDAH: [&str; 13] = [
    "- /bin/sh -c #(nop) ARG V",
    "- /bin/sh -c #(nop) ENV A=\"x y\" B=$V PATH=/opt/bin:$PATH|force-mtime=0",
    "- /bin/sh -c #(nop) LABEL title=thing version=$V",
    "- /bin/sh -c #(nop) WORKDIR /srv/$V",
    "/bin/sh -c #(nop) COPY multi:281fd41e in ./     |force-mtime=0 ",
    "/bin/sh -c #(nop) COPY file:d32f333c in /x/$V/     |force-mtime=0 ",
    "|1 V=9 /bin/sh -c --mount=type=cache,target=/root/.cache     set -eux; \tapt-get update &&     apt-get install -y curl|force-mtime=0",
    "|1 V=9 /bin/sh -c [\"/bin/true\", \"a b\"]",
    "/bin/sh -c #(nop) COPY dir:94c61173 in /usr/ ",
    "- /bin/sh -c #(nop) ONBUILD RUN true",
    "- /bin/sh -c #(nop) EXPOSE 80",
    "- /bin/sh -c #(nop) ENTRYPOINT [\"/x\"]",
    "- /bin/sh -c #(nop) CMD run $A",
];

#[test]
fn buildah_writes_words_as_they_are() {
    assert_eq!(lines(APP, &BUILDAH), [9, 10, 11, 16, 17]);
}

#[test]
fn one_layer_of_many_instructions_is_of_none_of_them() {
    let squashed: Vec<String> = BUILDAH.iter().map(|text| format!("- {}", text.trim_start_matches("- "))).collect();
    let mut history: Vec<&str> = squashed.iter().map(String::as_str).collect();
    history[12] = BUILDAH[12].trim_start_matches("- ");
    assert_eq!(lines(APP, &history), [0]);
    let source = "FROM a\nARG V\nCOPY x /y\nUSER z\n";
    let history = ["- /bin/sh -c #(nop) ARG V", "- /bin/sh -c #(nop) COPY file:1 in /y ", "/bin/sh -c #(nop) USER z"];
    assert_eq!(lines(source, &history), [3]);
}

#[test]
fn kaniko_leaves_out_what_makes_no_layer() {
    let history = [
        "/bin/sh -c #(nop) ADD file:0 in / ",
        "WORKDIR /srv/$V",
        "COPY a.txt b.txt ./",
        "COPY --chmod=0644 --chown=1:2 a.txt /x/$V/",
        "RUN --mount=type=cache,target=/root/.cache     set -eux; \tapt-get update &&     apt-get install -y curl",
        "RUN [\"/bin/true\", \"a b\"]",
        "COPY --from=build --link /out /usr/",
    ];
    assert_eq!(lines(APP, &history), [0, 8, 9, 10, 11, 16, 17]);
}

#[test]
fn stages_built_on_stages_have_the_instructions_of_both() {
    let source = "ARG S=one\nFROM a AS one\nRUN x\nFROM b\nRUN y\nFROM ${S}\nRUN x\n";
    assert_eq!(lines(source, &["/bin/sh -c x", "/bin/sh -c x"]), [3, 7]);
    assert_eq!(lines(source, &["RUN /bin/sh -c x # buildkit"; 3]), [0, 3, 7]);
}

#[test]
fn the_stage_that_was_built_is_found_where_only_one_fits() {
    let source = "FROM a AS test\nCOPY x /x\nRUN y\nFROM a AS tools\nRUN z\nFROM a\nRUN end\n";
    assert_eq!(lines(source, &["COPY x /x # buildkit", "RUN /bin/sh -c y # buildkit"]), [2, 3]);
    let twice = "FROM a AS test\nRUN y\nFROM a AS tools\nRUN y\nFROM a\nRUN end\n";
    assert_eq!(lines(twice, &["RUN /bin/sh -c y # buildkit"]), [0]);
}

#[test]
fn a_file_that_was_changed_is_matched_where_the_order_settles_it() {
    let source = "FROM a\nRUN one\nCOPY x /x\nRUN two\nRUN new\nRUN two\n";
    let history = ["/bin/sh -c one", "/bin/sh -c #(nop) COPY file:1 in /x ", "/bin/sh -c two", "/bin/sh -c three"];
    assert_eq!(lines(source, &history), [2, 3, 0, 0]);
    let history = [
        "/bin/sh -c one",
        "/bin/sh -c #(nop) COPY file:1 in /x ",
        "/bin/sh -c two",
        "/bin/sh -c old",
        "/bin/sh -c two",
    ];
    assert_eq!(lines(source, &history), [2, 3, 4, 0, 6]);
    assert_eq!(lines("FROM a\nRUN one\nRUN q\nRUN r\nRUN s\n", &history), [0; 5]);
}

#[test]
fn layers_of_the_base_are_not_those_of_a_file_that_was_changed() {
    let source = "FROM a\nRUN one\nRUN two\nRUN three\n";
    let history = ["one", "b", "c", "d", "e", "two", "three"].map(|command| format!("/bin/sh -c {command}"));
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    assert_eq!(lines(source, &history), [0, 0, 0, 0, 0, 3, 4]);
}

/// As buildah 1.28 writes it, with `--label`.
#[test]
fn labels_of_the_command_line_stand_behind_the_instructions() {
    let source = "FROM scratch\nARG V\nCOPY x /bin/\nRUN one\nSHELL [\"/bin/busybox\", \"sh\", \"-c\"]\nRUN [\"/x\", \"y\"]\n\
                  RUN --mount=type=bind,source=a,target=/a one\n";
    let history = [
        "- /bin/sh -c #(nop) ARG V",
        "/bin/sh -c #(nop) COPY file:01b0553b in /bin/ ",
        "|1 V=9 /bin/sh -c one",
        "- /bin/sh -c #(nop) SHELL [\"/bin/busybox\", \"sh\", \"-c\"]",
        "|1 V=9 /bin/sh -c [\"/x\", \"y\"]",
        "|1 V=9 /bin/sh -c --mount=type=bind,source=a,target=/a one:0123abcd",
        "- /bin/sh -c #(nop) LABEL \"q\"=\"r\"",
    ];
    assert_eq!(lines(source, &history), [3, 4, 6, 7]);
    assert_eq!(lines(source, &history[..6]), [3, 4, 6, 7]);
}

#[test]
fn one_word_of_difference_is_another_instruction() {
    for (source, history) in [
        ("RUN make", "RUN /bin/sh -c make install # buildkit"),
        ("RUN make", "RUN /bin/sh -c cmake # buildkit"),
        ("RUN make", "RUN /bin/sh -c true && /bin/sh -c make # buildkit"),
        ("RUN make", "/bin/sh -c make | sh"),
        ("RUN make", "|1 X=1 /bin/sh -c make"),
        ("RUN [\"make\"]", "RUN /bin/sh -c make # buildkit"),
        ("COPY a /b", "COPY a /b/ # buildkit"),
        ("COPY a /b", "ADD a /b # buildkit"),
        ("COPY a /b", "/bin/sh -c #(nop) COPY file:1 in /bb "),
        ("COPY --chmod=1 a /b", "COPY --chmod=2 a /b # buildkit"),
        ("SHELL [\"bash\", \"-c\"]\nRUN make", "RUN /bin/sh -c make # buildkit"),
    ] {
        assert_eq!(lines(&format!("FROM a\n{source}\n"), &[history]), [0], "{source}");
    }
}

#[test]
fn heredocs_are_said_with_their_content() {
    let source = "FROM a\nRUN <<EOF\nset -e\nmake\nEOF\nRUN <<-E cat >/x\n\ta\n\tE\nRUN <<E\n#!/usr/bin/env python3\nprint()\nE\nCOPY <<a b /c/\nx\na\n";
    let history = [
        "RUN /bin/sh -c set -e\nmake\n # buildkit",
        "RUN /bin/sh -c <<-E cat >/x\n\ta\nE # buildkit",
        "RUN /bin/sh -c /dev/pipes/E # buildkit",
        "COPY b <<a /c/ # buildkit",
    ];
    assert_eq!(lines(source, &history), [2, 6, 9, 13]);
}

#[test]
fn variables_have_the_values_of_the_build() {
    let source = "ARG D=x\nFROM a\nARG D\nARG N\nRUN m\nCOPY $D-$N-$HOME /y\nCOPY z /$Q/\n";
    let file = parsed(source);
    let history = |copy: &str, other: &str| {
        let said =
            ["- ARG D=x".to_owned(), "- ARG N=1".to_owned(), "RUN |2 D=x N=1 /bin/sh -c m # buildkit".to_owned()];
        said.into_iter()
            .chain([format!("COPY {copy} /y # buildkit"), format!("COPY z {other} # buildkit")])
            .collect::<Vec<_>>()
    };
    let arguments = [("N".to_owned(), "1".to_owned())].into();
    let build = Build { arguments: Some(arguments), environment: vec!["HOME=/root".to_owned()] };
    let found = |copy, other, build: &Build| {
        let history = history(copy, other);
        lines_of(&file, &history.iter().map(String::as_str).collect::<Vec<_>>(), build)
    };
    assert_eq!(found("x-1-/root", "//", &build), [5, 6, 7]);
    assert_eq!(found("x-2-/root", "//", &build), [5, 0, 7]);
    // Nothing is known: any value fits.
    assert_eq!(found("x-2-/root", "/q/", &Build::default()), [5, 6, 7]);
}
