use super::*;

/// Each command with its words, and `| N` for what reads it, `< N` for what it is inside of, `> FILE` for what it writes.
fn read(text: &str) -> Vec<String> {
    let show = |command: &ShellCommand| {
        let words =
            command.assignments.iter().chain(&command.words).map(ScriptWord::text).collect::<Vec<_>>().join(" ");
        let into = command.into.map(|into| format!(" | {into}"));
        let inside = command.inside.map(|inside| format!(" in {inside}"));
        let files = command.redirects.iter().filter_map(|redirect| Some(format!(" > {}", redirect.written()?.text())));
        files.chain(into).chain(inside).fold(words, |shown, more| shown + &more)
    };
    ShellScript::read(text).commands.iter().map(show).collect()
}

#[test]
fn lists_pipes_and_redirections() {
    assert_eq!(
        read("apt-get update && apt-get install -y a=1;rm -rf /x||true"),
        ["apt-get update", "apt-get install -y a=1", "rm -rf /x", "true",]
    );
    assert_eq!(read("curl -fsSL 'http://a b' | sh -s -- x"), ["curl -fsSL http://a b | 1", "sh -s -- x"]);
    assert_eq!(read("A=1 B=\"$C d\" make > log 2>&1 2>/dev/null"), ["A=1 B=$C d make > log"]);
    assert_eq!(read("a |\nb"), ["a | 1", "b"]);
    assert_eq!(read("a # b; c\nd"), ["a", "d"]);
    assert_eq!(read("echo a#b &>f"), ["echo a#b > f"]);
}

#[test]
fn what_is_quoted_is_no_command_and_what_is_substituted_is() {
    assert_eq!(read("echo 'x; date' \"y | date\""), ["echo x; date y | date"]);
    assert_eq!(read("echo \"built $(date -u)\" > f"), ["echo built $() > f", "date -u in 0"]);
    assert_eq!(read("echo `date; id` x"), ["echo $() x", "date in 0", "id in 0"]);
    assert_eq!(read("V=$(git describe) make"), ["V=$() make", "git describe in 0"]);
    assert_eq!(read("bash <(curl x)"), ["bash $()", "curl x in 0"]);
    assert_eq!(read("echo ${A:-$(date)} $((1+(2))) $#"), ["echo $A $() $#", "date in 0"]);
    assert_eq!(read("echo \"$(echo \"$(date)\")\""), ["echo $()", "echo $() in 0", "date in 1"]);
}

#[test]
fn groups_and_compound_commands_have_redirections_of_their_own() {
    assert_eq!(read("(date; id) > f && x"), ["date > f", "id > f", "x"]);
    assert_eq!(read("{ date; } | tee f"), ["date | 1", "tee f"]);
    assert_eq!(read("if [ -f a ]; then b; else c; fi > d; e"), ["[ -f a ] > d", "b > d", "c > d", "e"]);
    assert_eq!(read("for a in b c; do d $a; done > e"), ["for a in b c > e", "d $a > e"]);
    assert_eq!(read("case \"$a\" in date|x) y ;; *) z ;; esac; w"), ["case $a in date", "y", "z", "w"]);
    assert_eq!(read("f() { date; }; f"), ["", "date", "f"]);
    assert_eq!(read("set -eux; \\\n a \\\n b"), ["set -eux", "a b"]);
}

#[test]
fn bodies_of_heredocs_are_no_commands() {
    assert_eq!(read("cat <<EOF > f\ndate\n$(id)\nEOF\nx"), ["cat > f", "id in 0", "x"]);
    assert_eq!(read("cat <<'EOF' > f\ndate\n$(id)\nEOF\nx"), ["cat > f", "x"]);
    assert_eq!(ShellScript::read_quoted("date \"$(id)\" `b`").commands.len(), 3);
}

#[test]
fn nothing_is_refused() {
    for text in [
        "'",
        "\"$(",
        "`",
        "$((",
        "${",
        "((((",
        "a | | b",
        ") } fi ;;",
        "<<",
        "case",
        "case x in",
        "`(`",
        "`case x in`",
        "`case x in a`",
        "\\",
        "é$é",
    ] {
        let _ = read(text);
    }
    let deep = ["(", "$(", "`", "\"$(", "${a:-", "if ", "$((", "{ ", "<(", "a=("].map(|text| text.repeat(5000));
    for text in deep {
        let _ = read(&text);
        let _ = ShellScript::read_quoted(&text);
    }
}
