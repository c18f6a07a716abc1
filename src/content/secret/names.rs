//! Names that say that what they name is secret.

/// Words that are enough by themselves.
const WORDS: &[&str] = &[
    "token",
    "tokens",
    "secret",
    "secrets",
    "pass",
    "pwd",
    "pw",
    "cred",
    "creds",
    "credential",
    "credentials",
    "auth",
    "oauth",
    "authorization",
    "bearer",
    "jwt",
    "psk",
    "apikey",
    "apikeys",
    "privatekey",
    "accesskey",
    "secretkey",
];

/// Words that make a key of the word `key` after them.
const KEYS: &[&str] =
    &["api", "private", "access", "secret", "signing", "encryption", "deploy", "master", "session", "client"];

/// Endings of words that are written in one (`NPMTOKEN`, `dbpassword`).
const ENDINGS: &[&str] = &["token", "secret", "password", "passwd", "apikey", "credentials"];

/// Whether a name, read word by word, is one of a secret.
pub fn is_secret(name: &str) -> bool {
    // The working directory, not a password; and the password *database*, as in `passwd: files`.
    if matches!(name.rsplit('/').next(), Some("PWD" | "OLDPWD" | "passwd")) {
        return false;
    }
    let words = words(name);
    let alone = |word: &String| {
        WORDS.contains(&word.as_str())
            || word.contains("passw")
            || word.contains("passphrase")
            || ENDINGS.iter().any(|ending| word.ends_with(ending))
    };
    let key = |pair: &[String]| match pair {
        [first, second] => KEYS.contains(&first.as_str()) && matches!(second.as_str(), "key" | "keys"),
        _ => false,
    };
    words.iter().any(alone) || words.windows(2).any(key)
}

/// The words of a name in lower case: split at anything but letters and digits, and where camel case has a hump.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        let hump = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            });
        if hump || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for secret in [
            "GITHUB_TOKEN",
            "token",
            "npm_config_//registry/:_authToken",
            "DB_PASSWORD",
            "dbPassword",
            "MYSQL_PWD",
            "NPMTOKEN",
            "API_KEY",
            "apiKey",
            "APIKey",
            "aws.secret-access-key",
            "AWS_ACCESS_KEY_ID",
            "private_key",
            "privateKey",
            "GPG_PASSPHRASE",
            "--password",
            "Authorization",
            "DOCKER_AUTH_CONFIG",
            "client.credentials",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
        for harmless in [
            "PATH",
            "PWD",
            "OLDPWD",
            "passwd",
            "org.opencontainers.image.authors",
            "TOKENIZER",
            "tokenizer_config",
            "AUTHOR",
            "secretary",
            "KEY",
            "KEYBOARD",
            "GPG_KEY",
            "header.mtime",
            "PYTHON_SHA256",
            "compass",
            "bypass_cache",
        ] {
            assert!(!is_secret(harmless), "{harmless}");
        }
    }
}
