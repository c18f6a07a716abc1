//! What is read and refused.

mod edits;
mod history;

use proptest::prelude::*;

use super::*;
use crate::dockerfile::lexer::Lexer;

fn parsed(source: &str) -> Dockerfile {
    let dockerfile = Dockerfile::parse(source.as_bytes()).unwrap();
    assert_whole(&dockerfile);
    dockerfile
}

fn fault(source: &str) -> (usize, Wrong) {
    let fault = Dockerfile::parse(source.as_bytes()).unwrap_err();
    (fault.line, fault.wrong)
}

/// Every byte is in one node, and what instructions say is what stands in the file.
fn assert_whole(dockerfile: &Dockerfile) {
    let mut end = 0;
    let mut line = 1;
    for node in dockerfile.nodes() {
        assert_eq!(node.range.start, end);
        assert_eq!(node.line, line);
        end = node.range.end;
        line += dockerfile.source()[node.range.clone()].matches('\n').count();
        if let Some(instruction) = node.instruction() {
            let logical = &instruction.logical;
            for (offset, byte) in logical.text().bytes().enumerate() {
                assert!(node.range.contains(&logical.at(offset)));
                assert_eq!(dockerfile.source().as_bytes()[logical.at(offset)], byte);
            }
            for heredoc in &instruction.heredocs {
                assert!(heredoc.body.start >= node.range.start && heredoc.end.end <= node.range.end);
                assert_eq!(heredoc.body.end, heredoc.end.start);
            }
        }
    }
    assert_eq!(end, dockerfile.source().len());
}

fn only(source: &str) -> Instruction {
    let dockerfile = parsed(&format!("FROM scratch\n{source}"));
    let mut instructions = dockerfile.instructions(1..dockerfile.nodes().len());
    instructions.next().unwrap().1.clone()
}

fn words(arguments: &Arguments) -> Vec<&str> {
    match arguments {
        Arguments::Words(words) => words.iter().map(|word| word.text.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

fn pairs(arguments: &Arguments) -> Vec<(&str, Option<&str>)> {
    match arguments {
        Arguments::Pairs(pairs) => pairs.iter().map(|pair| (pair.name.as_str(), pair.value.as_deref())).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_line_is_a_node() {
    let file =
        parsed("\u{feff}# syntax=docker/dockerfile:1\r\n# escape=`\n\n# about\nFROM a AS b\n \t\nRUN x `\n y\n# end");
    let kinds: Vec<_> = file.nodes().iter().map(|node| std::mem::discriminant(&node.kind)).collect();
    assert_eq!(kinds.len(), 9);
    assert_eq!(file.directive("syntax"), Some("docker/dockerfile:1"));
    assert_eq!(file.escape(), '`');
    assert_eq!(file.nodes()[7].instruction().unwrap().arguments(), "x  y");
    assert_eq!(file.nodes()[8].kind, NodeKind::Comment);
}

#[test]
fn directives_end_with_the_first_other_line() {
    for source in ["\n# escape=`\nFROM a\n", "# hello\n# escape=`\nFROM a\n", "FROM a\n# escape=`\n"] {
        assert_eq!(parsed(source).escape(), '\\', "{source}");
    }
    assert_eq!(parsed("#ESCAPE = `  \nFROM a\n").escape(), '`');
    assert_eq!(fault("# escape=x\nFROM a\n"), (1, Wrong::Escape("x".to_owned())));
    assert_eq!(fault("# check=a\n# check=b\nFROM a\n"), (2, Wrong::DirectiveTwice("check".to_owned())));
}

#[test]
fn lines_continue_over_comments_and_blank_lines() {
    let run = only("run a \\  \n  # why\n\n\t&& b \\\r\n && c\nUSER x\n");
    assert_eq!(run.logical.text(), "run a \t&& b  && c");
    assert_eq!((run.line, run.last_line, run.keyword()), (2, 6, Keyword::Run));
    assert_eq!(only("RUN a \\\\\nUSER x").arguments(), "a \\\\");
    assert_eq!(only("RUN a \\").arguments(), "a");
    assert_eq!(only("\\\nRUN a").arguments(), "a");
    assert_eq!(fault("FROM a\n\\\n\\\n"), (2, Wrong::Empty));
}

#[test]
fn places_in_the_file_are_found_back() {
    let source = "FROM scratch\nCOPY --chmod=644 a \\\n  b /c\n";
    let dockerfile = parsed(source);
    let copy = dockerfile.nodes()[1].instruction().unwrap();
    let Arguments::Words(words) = &copy.command.arguments else { panic!() };
    for word in words {
        let range = copy.logical.contiguous(&word.range).unwrap();
        assert_eq!(source[range], word.text);
    }
    assert_eq!(copy.logical.contiguous(&(words[0].range.start..words[1].range.end)), None);
    assert_eq!(&source[..copy.logical.end_at(words[0].range.end)], "FROM scratch\nCOPY --chmod=644 a");
}

#[test]
fn flags_stand_before_the_arguments() {
    let run = only("RUN --mount=type=bind,from=\"a b\",target=/x --network=none -- --not a flag\n");
    let flags: Vec<_> = run.command.flags.iter().map(|flag| (flag.name.as_str(), flag.value.as_deref())).collect();
    assert_eq!(flags, [("mount", Some("type=bind,from=a b,target=/x")), ("network", Some("none"))]);
    assert_eq!(run.arguments(), "--not a flag");
    let copy = only("COPY --from=build --link --chown=1:2 --parents --exclude=*.o --exclude=x a b/ /c\n");
    assert_eq!(copy.flag("from"), Some("build"));
    assert_eq!(copy.flag("link"), Some(""));
    assert_eq!(copy.flag("chmod"), None);
    assert_eq!(words(&copy.command.arguments), ["a", "b/", "/c"]);
}

#[test]
fn arguments_have_the_form_of_their_instruction() {
    assert_eq!(only("RUN [\"a\", \"b c\"]").command.arguments, Arguments::Exec(vec!["a".to_owned(), "b c".to_owned()]));
    assert!(matches!(only("RUN [ -e x ]").command.arguments, Arguments::Shell(_)));
    assert_eq!(fault("FROM a\nCMD [1]"), (2, Wrong::NotStrings));
    assert_eq!(
        pairs(&only("ENV a=1 b=\"x y\" c='p q' d=e\\ f").command.arguments),
        [("a", Some("1")), ("b", Some("\"x y\"")), ("c", Some("'p q'")), ("d", Some("e\\ f"))]
    );
    assert_eq!(pairs(&only("ENV a=1 b=2\\").command.arguments), [("a", Some("1")), ("b", Some("2"))]);
    assert_eq!(pairs(&only("ENV a  b c").command.arguments), [("a", Some("b c"))]);
    assert_eq!(pairs(&only("ARG a b=c").command.arguments), [("a", None), ("b", Some("c"))]);
    assert_eq!(fault("FROM a\nLABEL a=1 b"), (2, Wrong::NoAssignment("b".to_owned())));
    assert!(matches!(only("HEALTHCHECK --interval=5s cmd curl x").command.arguments, Arguments::Shell(_)));
    assert_eq!(only("HEALTHCHECK NONE").command.arguments, Arguments::Text);
    assert_eq!(only("INCLUDE other").keyword(), Keyword::Other);
    let Arguments::Trigger(trigger) = only("ONBUILD COPY --chmod=1 a b").command.arguments else { panic!() };
    assert_eq!((trigger.keyword, trigger.flags.len(), words(&trigger.arguments)), (Keyword::Copy, 1, vec!["a", "b"]));
}

#[test]
fn heredocs_belong_to_their_instruction() {
    let run = only("RUN <<EOF cat && <<-'END' sh\na\n EOF\nEOF\n\tb\n\t\tEND\nUSER x\n");
    let names = run.heredocs.iter().map(|heredoc| (heredoc.name.as_str(), heredoc.expands, heredoc.chomp));
    assert_eq!(names.collect::<Vec<_>>(), [("EOF", true, false), ("END", false, true)]);
    assert_eq!((run.line, run.last_line), (2, 7));
    assert_eq!(only("COPY <<a <<b /x/\n1\na\n2\nb\n").heredocs.len(), 2);
    assert_eq!(only("ONBUILD RUN <<E\nx\nE\n").heredocs.len(), 1);
    for none in [
        "RUN cat <<<EOF\n",
        "RUN [\"<<EOF\"]\n",
        "RUN echo '<<EOF'\n",
        "CMD <<EOF\n",
        "RUN echo $((1<<3))\n",
        "RUN \"<<E\n",
    ] {
        assert!(only(none).heredocs.is_empty(), "{none}");
    }
    assert_eq!(fault("FROM a\nRUN <<E\nx\n"), (2, Wrong::Unterminated("E".to_owned())));
}

#[test]
fn stages_have_names_and_bases() {
    let file = parsed("ARG V=1\nFROM --platform=$BUILDPLATFORM img:$V AS Build\nRUN x\n\nFROM build\n# end\n");
    assert_eq!(file.preamble().count(), 1);
    let stages: Vec<_> = file.stages().iter().map(|stage| (stage.name.as_deref(), stage.base.as_str())).collect();
    assert_eq!(stages, [(Some("build"), "img:$V"), (None, "build")]);
    assert_eq!((file.stage_called("BUILD", 1), file.stage_called("build", 0)), (Some(0), None));
    assert_eq!(file.stage_of(file.stages()[1].nodes.start), Some(1));
    assert_eq!(file.stage_of(0), None);
    assert_eq!(fault("RUN x\nFROM a\n"), (1, Wrong::OutsideStage));
    assert_eq!(fault("FROM a b\n"), (1, Wrong::From));
    assert_eq!(fault("# nothing\n"), (1, Wrong::Nothing));
}

#[test]
fn what_is_no_text_is_refused() {
    assert_eq!(Dockerfile::parse(b"FROM a\n# \xff\n").unwrap_err(), Fault::new(2, Wrong::NotUtf8));
    let large = vec![b'\n'; LARGEST + 1];
    assert_eq!(Dockerfile::parse(&large).unwrap_err().wrong, Wrong::Size(LARGEST));
}

#[test]
fn variables_are_expanded_as_builders_do() {
    let variables = |name: &str| match name {
        "a" => Value::Set("one.tar.gz".to_owned()),
        "e" => Value::Set(String::new()),
        "secret" => Value::Unknown,
        _ => Value::Unset,
    };
    let expanded = |word: &str| Lexer::expanding('\\', &variables).word(word);
    for (word, value) in [
        ("$a", "one.tar.gz"),
        ("x${a}y$b.", "xone.tar.gzy."),
        ("\"$a\"'$a'\\$a", "one.tar.gz$a$a"),
        ("${b:-d}${b-d}${e:-d}${e-d}", "ddd"),
        ("${a:+y}${b:+y}${e:+y}${e+y}", "yy"),
        ("${b:-${a:+${e:-deep}}}", "deep"),
        ("${a#*.}|${a##*.}|${a%.*}|${a%%.*}", "tar.gz|gz|one.tar|one"),
        ("${a/r/R}|${a//?r/X}", "one.taR.gz|one.tX.gz"),
        ("${a#o?e}", ".tar.gz"),
        ("$", "$"),
        ("a b  c", "a b  c"),
    ] {
        assert_eq!(expanded(word).as_deref(), Ok(value), "{word}");
    }
    for word in ["${", "${}", "${a", "'", "\"", "${a:#x}", "${b?no}", "${a!x}", "${a#\\y}"] {
        assert_eq!(expanded(word), Err(Unexpanded::Malformed), "{word}");
    }
    assert_eq!(expanded("x$secret"), Err(Unexpanded::Unknown));
    assert_eq!(expanded(&"${b:-".repeat(40)), Err(Unexpanded::Limit));
    assert_eq!(expanded(&"$a".repeat(10_000)), Err(Unexpanded::Limit));
}

proptest! {
    #[test]
    fn any_text_is_refused_or_kept(source in "(FROM a\n)?((RUN|COPY|ENV|ONBUILD RUN|ARG|#|FROM)? ?[-a<E\"'\\\\`$\\[\\]{}=# \t\r]{0,12}\n?){0,12}") {
        if let Ok(dockerfile) = Dockerfile::parse(source.as_bytes()) {
            assert_whole(&dockerfile);
        }
    }

    #[test]
    fn any_word_is_expanded_or_refused(word in "[$a{}:+/#%*?\\\\'\"-]{0,24}") {
        let variables = |name: &str| if name == "a" { Value::Set("aaa".to_owned()) } else { Value::Unset };
        let _ = Lexer::expanding('\\', &variables).word(&word);
    }
}
