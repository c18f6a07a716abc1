//! Edits change what they are about and nothing else.

use proptest::prelude::*;

use super::{assert_whole, parsed};
use crate::dockerfile::{Arguments, Dockerfile, Edit, OpenEnd, Refused};

fn made(source: &str, edit: &Edit) -> String {
    let edited = parsed(source).edited(std::slice::from_ref(edit)).unwrap();
    assert_whole(&edited);
    edited.source().to_owned()
}

#[track_caller]
fn appended(run: &str, expected: &str) {
    let source = format!("FROM a\n{run}");
    let edit = parsed(&source).append_command(1, "rm x").unwrap();
    assert_eq!(made(&source, &edit), format!("FROM a\n{expected}"));
}

#[track_caller]
fn refused(run: &str) -> Refused {
    parsed(&format!("FROM a\n{run}")).append_command(1, "rm x").unwrap_err()
}

#[test]
fn lines_are_inserted_where_they_belong() {
    let source = "FROM a\n# why\nRUN x \\\n  y\nUSER z";
    let file = parsed(source);
    assert_eq!(made(source, &file.insert_before(2, "ARG b").unwrap()), "FROM a\n# why\nARG b\nRUN x \\\n  y\nUSER z");
    assert_eq!(made(source, &file.insert_after(2, "ARG b").unwrap()), "FROM a\n# why\nRUN x \\\n  y\nARG b\nUSER z");
    assert_eq!(made(source, &file.insert_after(3, "ARG b").unwrap()), format!("{source}\nARG b"));
    let windows = "FROM a\r\nRUN x\r\n";
    assert_eq!(made(windows, &parsed(windows).insert_after(0, "ARG b").unwrap()), "FROM a\r\nARG b\r\nRUN x\r\n");
    assert_eq!(file.insert_after(0, "ARG b \\"), Err(Refused::Neighbours));
    assert_eq!(file.insert_after(1, "ARG b"), Err(Refused::Nothing));
    let open = "FROM a\nRUN x \\\n";
    assert_eq!(parsed(open).insert_after(1, "ARG b"), Err(Refused::Neighbours));
}

#[test]
fn arguments_are_declared_once() {
    let source = "FROM a AS b\nARG V\nRUN x\nFROM c\nRUN y\nARG V\n";
    let file = parsed(source);
    assert_eq!(file.declare(0, "V"), Ok(None));
    let edit = file.declare(1, "V").unwrap().unwrap();
    assert_eq!(made(source, &edit), "FROM a AS b\nARG V\nRUN x\nFROM c\nARG V\nRUN y\nARG V\n");
    assert_eq!(file.declare(2, "V"), Err(Refused::Nothing));
}

#[test]
fn flags_are_added_behind_those_that_are_there() {
    for (run, expected) in [
        ("RUN x", "RUN --a=b x"),
        ("run --network=none \\\n x", "run --network=none --a=b \\\n x"),
        ("RUN \\\n x", "RUN --a=b \\\n x"),
        ("COPY [\"a\", \"b\"]", "COPY --a=b [\"a\", \"b\"]"),
    ] {
        let source = format!("FROM a\n{run}\n");
        let edit = parsed(&source).add_flag(1, "--a=b").unwrap();
        assert_eq!(made(&source, &edit), format!("FROM a\n{expected}\n"));
    }
}

#[test]
fn words_are_replaced_where_they_stand() {
    let source = "FROM a:1 AS b\nCOPY x \\\n # why\n y /z\n";
    let file = parsed(source);
    let Arguments::Words(words) = &file.nodes()[0].instruction().unwrap().command.arguments else { panic!() };
    let edit = file.replace(0, &words[0].range, "a@sha256:1").unwrap();
    assert_eq!(made(source, &edit), source.replace("a:1", "a@sha256:1"));
    let copy = file.nodes()[1].instruction().unwrap();
    assert_eq!(file.replace(1, &copy.command.rest, "q"), Err(Refused::Split));
    assert_eq!(file.replace(0, &words[0].range, "a\nRUN b"), Err(Refused::Neighbours));
}

#[test]
fn commands_are_appended_to_command_lines() {
    appended("RUN x", "RUN x && rm x");
    appended("RUN x;\n", "RUN x; rm x\n");
    appended("RUN x \\\n\t&& y || true  \nUSER z\n", "RUN x \\\n\t&& y || true \\\n\t&& rm x  \nUSER z\n");
    appended("RUN x \\\n    # why\n    && y\n", "RUN x \\\n    # why\n    && y \\\n    && rm x\n");
    appended("RUN cat <<E >y\nz\nE\n", "RUN cat <<E >y && rm x\nz\nE\n");
    appended("RUN <<E\nset -e\nz\n\nE\n", "RUN <<E\nset -e\nz && rm x\n\nE\n");
    appended("RUN case $x in a) b ;; esac", "RUN case $x in a) b ;; esac && rm x");
    appended(
        "RUN --mount=type=cache,target=/x x '#' \"a # b\" a#b",
        "RUN --mount=type=cache,target=/x x '#' \"a # b\" a#b && rm x",
    );
}

#[test]
fn commands_that_would_not_run_are_not_appended() {
    for (run, why) in [
        ("RUN x # why", OpenEnd::Comment),
        ("RUN x &", OpenEnd::Background),
        ("RUN <<E\nx \\\nE\n", OpenEnd::Line),
        ("RUN x &&", OpenEnd::Operator),
        ("RUN x |", OpenEnd::Operator),
        ("RUN echo 'x", OpenEnd::Quote),
        ("RUN ( x", OpenEnd::Parenthesis),
        ("RUN <<E\nx # why\nE\n", OpenEnd::Comment),
        ("RUN <<E\n#!/usr/bin/python3\nprint()\nE\n", OpenEnd::Script),
        ("RUN <<E\ncat <<F\nF\nE\n", OpenEnd::Script),
    ] {
        assert_eq!(refused(run), Refused::OpenEnd(why), "{run}");
    }
    for run in ["RUN [\"x\"]", "CMD x", "COPY x y"] {
        assert_eq!(refused(run), Refused::NoShell, "{run}");
    }
    let shells = "FROM a AS b\nSHELL [\"pwsh\", \"-c\"]\nRUN x\nFROM b\nRUN x\nFROM c\nRUN x\n";
    let file = parsed(shells);
    assert_eq!(file.append_command(2, "y"), Err(Refused::NoShell));
    assert_eq!(file.append_command(4, "y"), Err(Refused::NoShell));
    assert!(file.append_command(6, "y").is_ok());
}

#[test]
fn commands_are_put_before_others() {
    let source = "FROM a\nRUN --network=none \\\n  x && y\n";
    let edit = parsed(source).prepend_command(1, "umask 022").unwrap();
    assert_eq!(made(source, &edit), "FROM a\nRUN --network=none \\\n  umask 022 && x && y\n");
}

#[test]
fn edits_are_made_together() {
    let source = "FROM a\nRUN x\n";
    let file = parsed(source);
    let edits = [
        file.append_command(1, "y").unwrap(),
        file.declare(0, "V").unwrap().unwrap(),
        file.add_flag(1, "--a=b").unwrap(),
    ];
    assert_eq!(file.edited(&edits).unwrap().source(), "FROM a\nARG V\nRUN --a=b x && y\n");
    let twice = Edit { range: 0..4, text: "from".to_owned() };
    assert_eq!(file.edited(&[twice.clone(), twice]), Err(Refused::Overlap));
    let beyond = Edit { range: 90..91, text: String::new() };
    assert_eq!(file.edited(&[beyond]), Err(Refused::Overlap));
}

proptest! {
    #[test]
    fn other_bytes_and_instructions_are_kept(source in "FROM a\n((RUN|COPY x|ENV a=|USER|#)? ?[-a<E\"'\\\\`;&|# \t\r]{0,10}\n?){0,10}") {
        let Ok(file) = Dockerfile::parse(source.as_bytes()) else { return Ok(()) };
        for node in 0..file.nodes().len() {
            let edits = [
                file.insert_before(node, "ARG V"),
                file.insert_after(node, "ARG V"),
                file.add_flag(node, "--a=b"),
                file.append_command(node, "rm x"),
                file.prepend_command(node, "rm x"),
            ];
            for edit in edits.into_iter().flatten() {
                let edited = file.edited(std::slice::from_ref(&edit)).unwrap();
                assert_whole(&edited);
                prop_assert!(edit.range.is_empty());
                prop_assert_eq!(edited.source().replacen(&edit.text, "", 1).len(), file.source().len());
                let count = |file: &Dockerfile| file.instructions(0..file.nodes().len()).count();
                prop_assert!(count(&edited) - count(&file) <= 1);
            }
        }
    }
}
