//! What the README and the pages in docs show is what the program prints.

use super::*;

/// A command of a page, with what the page says that it prints.
struct Example {
    page: String,
    words: Vec<String>,
    printed: Vec<String>,
}

/// The commands of the blocks that show a session.
fn examples(page: &Path) -> Vec<Example> {
    let text = fs::read_to_string(page).unwrap();
    let mut found: Vec<Example> = Vec::new();
    let (mut inside, mut open) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            (inside, open) = (line == "```console", false);
            continue;
        }
        if !inside {
            continue;
        }
        let command = if open { Some(line) } else { line.strip_prefix("$ ") };
        match (command, found.last_mut()) {
            (Some(command), last) => {
                let words = command.trim_end_matches('\\').split_whitespace().map(str::to_owned);
                match last {
                    Some(last) if open => last.words.extend(words),
                    _ => {
                        let page = page.display().to_string();
                        found.push(Example { page, words: words.collect(), printed: Vec::new() });
                    }
                }
                open = command.ends_with('\\');
            }
            (None, Some(last)) => last.printed.push(line.to_owned()),
            (None, None) => panic!("{}: output without a command: {line}", page.display()),
        }
    }
    found
}

/// Whether what was printed is what is shown; `…` stands for any number of lines.
fn shows(shown: &[String], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line == "…" => (0..=printed.len()).any(|skipped| shows(rest, &printed[skipped..])),
        Some((line, rest)) => printed.split_first().is_some_and(|(first, left)| first == line && shows(rest, left)),
    }
}

/// The first block of TOML of a page.
fn toml_of(page: &Path) -> Option<String> {
    let text = fs::read_to_string(page).unwrap();
    let (_, rest) = text.split_once("```toml\n")?;
    Some(rest.split_once("```")?.0.to_owned())
}

#[test]
fn what_the_pages_show_is_printed() {
    let mut pages: Vec<PathBuf> = below(&repository().join("docs"));
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.push(repository().join("README.md"));
    let folder = tempfile::tempdir().unwrap();
    for known in ["testdata", "scripts"] {
        std::os::unix::fs::symlink(repository().join(known), folder.path().join(known)).unwrap();
    }
    let mut tried = 0;
    for page in &pages {
        if let Some(policy) = toml_of(page) {
            fs::write(folder.path().join("release.toml"), policy).unwrap();
        }
        for Example { page, words, printed } in examples(page) {
            let is_at_hand = |word: &String| !word.contains('/') || folder.path().join(word).exists();
            if words[0] != "reprove" || !words.iter().all(is_at_hand) {
                continue;
            }
            tried += 1;
            let Output { stdout, stderr, .. } =
                program().args(&words[1..]).current_dir(folder.path()).output().unwrap();
            let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
            let lines: Vec<&str> = out.lines().chain(err.lines()).collect();
            assert!(shows(&printed, &lines), "{page}: {}:\n{out}{err}", words.join(" "));
        }
    }
    assert!(tried >= 6, "only {tried} examples were tried");
}
