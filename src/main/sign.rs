//! Keys, and commands that sign with keys that nobody can read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, anyhow, ensure};
use reprove::Error;
use reprove::error::Keyless;
use reprove::evidence::{Envelope, Generated, PAYLOAD_TYPE, PrivateKey, PublicKey, generate, pre_authentication};
use reprove::report::escape::escape;
use ring::rand::SecureRandom as _;

use super::cli::{Attest, GenerateKey};
use super::{input, password};

/// What signs, and the key that verifies it.
pub(crate) struct Signer {
    how: How,
    public: PublicKey,
}

enum How {
    Key(PrivateKey),
    Command(String),
}

impl Signer {
    /// The one that was asked for, if any.
    pub(crate) fn of(arguments: &Attest) -> anyhow::Result<Option<Self>> {
        if let Some(path) = &arguments.key {
            let unusable = |problem| Error::Key { name: path.display().to_string(), problem };
            let key = private_key(path)?.map_err(unusable)?;
            let public = key.public().map_err(unusable)?;
            return Ok(Some(Signer { how: How::Key(key), public }));
        }
        let Some((command, path)) = arguments.sign_command.as_ref().zip(arguments.public_key.as_ref()) else {
            return Ok(None);
        };
        Ok(Some(Signer { how: How::Command(command.clone()), public: public_key(path)? }))
    }

    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a statement.
    pub(crate) fn envelope(&self, statement: &[u8]) -> anyhow::Result<Envelope> {
        match &self.how {
            How::Key(key) => Ok(Envelope::sign(statement, key)),
            How::Command(command) => {
                let message = pre_authentication(PAYLOAD_TYPE, statement);
                let signature = self.public.accepted(&message, &signed(command, &message)?);
                let signature = signature.context("--sign-command: its signature is none by --public-key")?;
                Ok(Envelope::of(statement, &signature))
            }
        }
    }
}

/// A private key, with the password of the environment or the one that is typed.
fn private_key(path: &Path) -> anyhow::Result<Result<PrivateKey, Keyless>> {
    let pem = input(path)?;
    let given = password::from_environment();
    Ok(match PrivateKey::read(&pem, given.as_deref()) {
        Err(Keyless::PasswordMissing) => match password::typed(&format!("Password of {}", shown(path)))? {
            Some(typed) => PrivateKey::read(&pem, Some(&typed)),
            None => Err(Keyless::PasswordMissing),
        },
        key => key,
    })
}

/// A path as a terminal shows it safely.
fn shown(path: &Path) -> String {
    escape(&path.display().to_string()).into_owned()
}

/// What a command writes to standard output.
fn signed(command: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = shell.spawn().context("--sign-command: sh cannot be run")?;
    let mut stdin = child.stdin.take().context("--sign-command: it has no standard input")?;
    // At the same time: a command that writes before it has read all must not wait for us. One that signs something else
    // than what it reads is found out by its signature.
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(message);
        });
        child.wait_with_output()
    });
    let output = output.context("--sign-command")?;
    ensure!(output.status.success(), "--sign-command: it failed ({})", output.status);
    Ok(output.stdout)
}

pub(crate) fn public_key(path: &Path) -> anyhow::Result<PublicKey> {
    let unusable = |problem| Error::Key { name: path.display().to_string(), problem };
    Ok(PublicKey::read(&input(path)?).map_err(unusable)?)
}

/// `reprove generate-key`.
pub(crate) fn generate_key(arguments: &GenerateKey) -> anyhow::Result<()> {
    let (private, public) = (named(&arguments.name, ".key"), named(&arguments.name, ".pub"));
    for path in [&private, &public] {
        ensure!(std::fs::symlink_metadata(path).is_err(), "{}: is there, and stays as it is", path.display());
    }
    // Asked for last: nobody types a password for a key that is not made.
    let password = if arguments.no_password { None } else { Some(new_password(&private)?) };
    let pair = pair(password.as_deref())?;
    write_new(&private, 0o600, &pair.private)?;
    write_new(&public, 0o644, &pair.public)
}

/// The password of a new key. Typed twice: a mistake would lock it for good.
fn new_password(path: &Path) -> anyhow::Result<Vec<u8>> {
    if let Some(password) = password::from_environment() {
        return Ok(password);
    }
    let typed = password::typed(&format!("New password of {}", shown(path)))?;
    let typed = typed.context("set COSIGN_PASSWORD, or give --no-password for a private key that is not encrypted")?;
    ensure!(!typed.is_empty(), "an empty password protects nothing: give --no-password");
    let again = password::typed("The same again")?;
    ensure!(again.as_ref() == Some(&typed), "the passwords are not the same: no key was made");
    Ok(typed)
}

fn pair(password: Option<&[u8]>) -> anyhow::Result<Generated> {
    loop {
        let mut random = [0; 88];
        ring::rand::SystemRandom::new().fill(&mut random).map_err(|_| anyhow!("there are no random numbers"))?;
        if let Some(pair) = generate(&random, password)? {
            return Ok(pair);
        }
    }
}

fn named(name: &Path, ending: &str) -> PathBuf {
    let mut name = name.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Nothing that is there is written to.
fn write_new(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{}: cannot be written", path.display()))
}
