//! Evidence that does not hold, keys and requirements that cannot be used.

use std::fmt::{self, Display, Formatter};

use crate::error::{Keyless, Misplaced, Refuted, Unproven, Unrequired};

impl Display for Unproven {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unproven::Size(most) => write!(f, "it is larger than {most} bytes"),
            Unproven::Malformed(said) => f.write_str(said),
            Unproven::BundleType(found, wanted) => write!(f, "it is a bundle of type {found:?}, not {wanted}"),
            Unproven::Certificate => f.write_str("it is signed with a certificate: verify it with cosign"),
            Unproven::BundleSignatures(number) => write!(f, "it has {number} signatures; a bundle has one"),
            Unproven::PayloadType(found, wanted) => write!(f, "its payload is of type {found:?}, not {wanted}"),
            Unproven::Payload => f.write_str("its payload is not base64"),
            Unproven::SignatureMalformed(number) => write!(f, "its signature {number} is not base64"),
            Unproven::Signature(number) => write!(f, "its signature {number} is by none of the keys"),
            Unproven::SignedTwice => f.write_str("it has two signatures by one key"),
            Unproven::Unsigned => f.write_str("it has no signature"),
            Unproven::StatementType(found, wanted) => {
                write!(f, "it is a statement of type {found}, not {wanted}")
            }
            Unproven::PredicateType(found, wanted) => write!(f, "its predicate is a {found}, not {wanted}"),
            Unproven::NoStatement => f.write_str("it has no statement of the in-toto attestation framework"),
            Unproven::AnotherImage(None) => f.write_str("it is about another image"),
            Unproven::AnotherImage(Some(image)) => write!(f, "it is about another image, and not about {image}"),
            Unproven::Subject => f.write_str("its predicate is not about the image that its subject is"),
            Unproven::Incoherent => f.write_str("its verdict is not what its differences say"),
            Unproven::None => f.write_str("there is no evidence that holds"),
            Unproven::Signers(found, wanted) => write!(f, "{found} of the keys have signed, not {wanted}"),
            Unproven::Undated => {
                f.write_str("it does not say when the images were compared: it was made without --now")
            }
            Unproven::Future => f.write_str("it is from the future"),
            Unproven::Age(days) => write!(f, "it is {days} days old"),
            Unproven::Verdict(verdict) => write!(f, "its verdict is {verdict}"),
            Unproven::NotExplained => f.write_str("not everything that differs is explained"),
            Unproven::Unexplained(number) => write!(f, "{number} differences are unexplained"),
            Unproven::Verifier(found, wanted) => write!(f, "it is by {found:?}, not by {}", wanted.join(" or ")),
            Unproven::Gaps => f.write_str("something could not be looked at"),
            Unproven::Severity(id) => write!(f, "the cause {id} reaches further than what is cosmetic or allowed"),
            Unproven::Cause(id) => write!(f, "the cause {id} is not allowed"),
            Unproven::Found { problem } => write!(f, "{problem}"),
            Unproven::Recomputed { problem } => write!(f, "{problem}"),
        }
    }
}

impl Display for Misplaced {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Misplaced::Size(size, most) => {
                write!(f, "it has {size} bytes, more than the {most} that are read of it")
            }
            Misplaced::Absent => f.write_str("it is not there"),
            Misplaced::Altered => f.write_str("its bytes are not those that its digest and size promise"),
            Misplaced::Manifest => f.write_str("its manifest is none that is understood"),
            Misplaced::AnotherImage => f.write_str("its manifest refers to another image"),
            Misplaced::Layers(number) => write!(f, "it has {number} layers; a bundle is one"),
            Misplaced::NoDigest => f.write_str("its layer has no digest that can be verified"),
        }
    }
}

impl Display for Refuted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Refuted::AnotherRebuild(rebuild) => write!(f, "it is about another rebuild, {rebuild}"),
            Refuted::AnotherOriginal(None) => {
                f.write_str("what it compared is an image without a digest: name that image")
            }
            Refuted::AnotherOriginal(Some(original)) => write!(f, "what it compared is {original}: name that image"),
            Refuted::Form(found, wanted) => {
                write!(f, "its canonical digests are of {found:?}, and this is {wanted:?}")
            }
            Refuted::Platforms => f.write_str("the images have other platforms than it says"),
            Refuted::Manifests(platform) => {
                write!(f, "the images have no {platform} of the manifests that it says")
            }
            Refuted::CanonicalDigests(platform) => {
                write!(f, "the canonical digests of {platform} are not those that it says")
            }
            Refuted::Verdict { platform, stated, found } => {
                let what = platform.as_deref().unwrap_or("the images");
                write!(f, "it says that {what} are {stated}, and they are {found}")
            }
            Refuted::ByVersion { version, problem } => {
                write!(f, "{problem} (it was made by another version, {version:?})")
            }
        }
    }
}

impl Display for Unrequired {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unrequired::Malformed(said) => said,
            Unrequired::Signers => "signers: at least one has to have signed",
            Unrequired::Inconclusive => "verdict: inconclusive evidence shows nothing",
            Unrequired::Different => "verdict: different images pass only by a list of causes",
        })
    }
}

impl Display for Keyless {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Keyless::Size => f.write_str("it is too large for a key"),
            Keyless::Pem => f.write_str("it is no PEM file"),
            Keyless::NotPublic(label) => write!(f, "it holds a {label}, not a PUBLIC KEY"),
            Keyless::NotPrivate(label) => {
                write!(f, "it holds a {label}, not a private key of ECDSA P-256 or Ed25519")
            }
            Keyless::PublicKind => f.write_str("it is no public key of ECDSA P-256 or Ed25519"),
            Keyless::PrivateKind => f.write_str("it is no private key of ECDSA P-256 or Ed25519"),
            Keyless::PrivateP256 => f.write_str("it is no private key of ECDSA P-256"),
            Keyless::PasswordMissing => f.write_str("it is encrypted: set COSIGN_PASSWORD"),
            Keyless::Password => f.write_str("COSIGN_PASSWORD does not decrypt it"),
            Keyless::EncryptedPkcs8 => f.write_str("it is encrypted PKCS#8: decrypt it with openssl pkcs8"),
            Keyless::Sealed => f.write_str("it is no key that cosign encrypted"),
            Keyless::Parameters => f.write_str("its scrypt parameters are none that cosign accepts"),
            Keyless::Unwritten => f.write_str("the key cannot be written"),
            Keyless::Unsealed => f.write_str("the key cannot be encrypted"),
        }
    }
}
