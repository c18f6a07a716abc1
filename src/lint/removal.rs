//! Which files an instruction takes away again.

use super::step::Step;

/// Texts that one with braces stands for, at most.
const MOST: usize = 64;

impl Step<'_> {
    /// Whether a file is removed, be it with a directory above it.
    pub(super) fn removes(&self, path: &str) -> bool {
        let removed = self
            .calls_of(&["rm", "unlink"])
            .any(|(_, call)| call.operands(&[]).iter().any(|operand| covers(&operand.text, path)));
        let found = self.calls_of(&["find"]).any(|(_, call)| {
            let acts = call.arguments.iter().any(|argument| matches!(argument.text.as_str(), "-delete" | "-exec"));
            acts && call.arguments.first().is_some_and(|directory| covers(&directory.text, path))
        });
        removed || found
    }

    /// Whether a file is left without content.
    pub(super) fn empties(&self, path: &str) -> bool {
        let writes = |call: &&super::call::Call| call.files.iter().any(|file| covers(&file.text, path));
        let redirected = self
            .calls
            .iter()
            .filter(writes)
            .any(|call| matches!(call.name.as_str(), "" | ":" | "true" | "echo" | "printf"));
        let truncated = self
            .calls_of(&["truncate"])
            .any(|(_, call)| call.operands(&["-s", "--size"]).iter().any(|operand| covers(&operand.text, path)));
        redirected || truncated || self.removes(path)
    }
}

/// Whether a pattern of a shell matches a path, or a directory above it.
fn covers(pattern: &str, path: &str) -> bool {
    braces(pattern).iter().any(|pattern| {
        let mut parts = path.trim_start_matches('/').split('/');
        pattern.starts_with('/')
            && pattern
                .split('/')
                .filter(|part| !part.is_empty())
                .all(|part| parts.next().is_some_and(|name| matches(part.as_bytes(), name.as_bytes())))
            && pattern.trim_matches('/').len() > 1
    })
}

/// `{a,b}c` as `ac` and `bc`.
fn braces(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        let inner = pattern.find('{').and_then(|from| {
            let to = from + pattern[from..].find('}')?;
            Some((from, to))
        });
        match inner {
            Some((from, to)) if open.len() + done.len() < MOST => {
                let choices = pattern[from + 1..to].split(',').take(MOST);
                open.extend(choices.map(|choice| format!("{}{choice}{}", &pattern[..from], &pattern[to + 1..])));
            }
            _ => done.push(pattern),
        }
    }
    done
}

/// `*` and `?` in one name.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(letter) if *letter == b'?' || Some(letter) == name.get(of) => {
                at += 1;
                of += 1;
            }
            _ => match &mut star {
                Some((star, from)) => {
                    *from += 1;
                    (at, of) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_what_is_below_what_they_match() {
        assert!(covers("/var/lib/apt/lists/*", "/var/lib/apt/lists/a"));
        assert!(covers("/var/lib/apt", "/var/lib/apt/lists/a"));
        assert!(covers("/var/lib/{apt,dpkg}/lists/", "/var/lib/apt/lists/a"));
        assert!(covers("/var/log/*.log", "/var/log/dpkg.log"));
        assert!(!covers("/var/log/*.log", "/var/log/apt/history.log"));
        assert!(!covers("/var/lib/apt/lists/a/b", "/var/lib/apt/lists/a"));
        assert!(!covers("/", "/var/log/x"));
        assert!(!covers("$DIR/*", "/var/log/x"));
        assert!(!covers(&"{".repeat(5000), "/a"));
    }
}
