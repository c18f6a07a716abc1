//! Why something is no evidence, or not the evidence that is required.

use std::collections::BTreeMap;

use crate::finding::coded;

coded! {
    /// Why something is no evidence, or not enough.
    pub enum Unproven {
        /// It has more than so many bytes.
        "evidence-size" Size(usize),
        /// It is malformed: what its reader says.
        "evidence-malformed" Malformed(String),
        /// It is a bundle of the first type, not of the second one.
        "evidence-bundle-type" BundleType(String, &'static str),
        /// It is signed with a certificate.
        "evidence-certificate" Certificate,
        /// It is a bundle with so many signatures.
        "evidence-bundle-signatures" BundleSignatures(usize),
        /// Its payload is of the first type, not of the second one.
        "evidence-payload-type" PayloadType(String, &'static str),
        /// Its payload is not base64.
        "evidence-payload" Payload,
        /// Its signature of this number, from 1, is not base64.
        "evidence-signature-malformed" SignatureMalformed(usize),
        /// Its signature of this number, from 1, is by none of the keys.
        "evidence-signature" Signature(usize),
        /// It has two signatures by one key.
        "evidence-signed-twice" SignedTwice,
        /// It has no signature.
        "evidence-unsigned" Unsigned,
        /// It is a statement of the first type, which is a value of JSON, not of the second one.
        "evidence-statement-type" StatementType(String, &'static str),
        /// Its predicate is of the first type, which is a value of JSON, not of the second one.
        "evidence-predicate-type" PredicateType(String, &'static str),
        /// It has no statement of the in-toto attestation framework.
        "evidence-statement" NoStatement,
        /// It is about another image: than this one, where that is to be said.
        "evidence-another-image" AnotherImage(Option<String>),
        /// Its predicate is not about the image that its subject is.
        "evidence-subject" Subject,
        /// Its verdict is not what its differences say.
        "evidence-incoherent" Incoherent,
        /// There is no evidence that holds.
        "evidence-none" None,
        /// So many of the keys have signed, and so many must have.
        "evidence-signers" Signers(usize, usize),
        /// It does not say when the images were compared.
        "evidence-undated" Undated,
        /// It is from the future.
        "evidence-future" Future,
        /// It is so many days old.
        "evidence-age" Age(i64),
        /// It has this verdict.
        "evidence-verdict" Verdict(String),
        /// Not everything that differs is explained.
        "evidence-unexplained-part" NotExplained,
        /// So many differences are unexplained.
        "evidence-unexplained" Unexplained(u64),
        /// It is by this verifier, and not by one of those.
        "evidence-verifier" Verifier(String, Vec<String>),
        /// Something could not be looked at.
        "evidence-gaps" Gaps,
        /// The cause of this id is of a higher severity than is allowed.
        "evidence-severity" Severity(String),
        /// The cause of this id is not among those that are allowed.
        "evidence-cause" Cause(String),
        ; around
        /// It was found beside the image, and cannot be evidence whatever it says.
        Found {
            /// Why.
            problem: Misplaced,
        },
        /// The comparison was made again.
        Recomputed {
            /// What it does not bear out.
            problem: Refuted,
        },
    }
}

coded! {
    /// Why what is beside an image is no evidence, whatever it says.
    pub enum Misplaced {
        /// It has the first number of bytes, more than the second one.
        "found-size" Size(u64, u64),
        /// It is not there.
        "found-absent" Absent,
        /// Its bytes are not those that its digest and size promise.
        "found-altered" Altered,
        /// Its manifest is not understood.
        "found-manifest" Manifest,
        /// Its manifest refers to another image.
        "found-another-image" AnotherImage,
        /// It has so many layers.
        "found-layers" Layers(usize),
        /// Its layer has no digest that can be verified.
        "found-digest" NoDigest,
    }
}

coded! {
    /// What a comparison that was made again does not bear out.
    pub enum Refuted {
        /// It is about this rebuild, and another one is compared.
        "recomputed-another-rebuild" AnotherRebuild(String),
        /// It compared this original, which may have no digest, and another one is compared.
        "recomputed-another-original" AnotherOriginal(Option<String>),
        /// Its canonical digests are of the first form, not of the second one.
        "recomputed-form" Form(String, &'static str),
        /// The images have other platforms than it says.
        "recomputed-platforms" Platforms,
        /// The images have no manifests of this platform that are those that it says.
        "recomputed-manifests" Manifests(String),
        /// The canonical digests of this platform are not those that it says.
        "recomputed-canonical-digests" CanonicalDigests(String),
        /// A verdict is not what it says.
        "recomputed-verdict" Verdict {
            /// On which platform; absent where it is on the images.
            platform: Option<String>,
            /// What it says.
            stated: String,
            /// What was found.
            found: String,
        },
        ; around
        /// It was made by another version of this program.
        ByVersion {
            /// What that is made of, by name.
            version: BTreeMap<String, String>,
            /// What is not so.
            problem: Box<Refuted>,
        },
    }
}

coded! {
    /// What is wrong with a file that says what is required of evidence.
    pub enum Unrequired {
        /// It is malformed: what its reader says.
        "requirements-malformed" Malformed(String),
        /// No signer is asked for.
        "requirements-signers" Signers,
        /// Inconclusive evidence is asked for.
        "requirements-inconclusive" Inconclusive,
        /// Different images are to pass without a list of causes.
        "requirements-different" Different,
    }
}

coded! {
    /// What is wrong with a key, or with the file of one. Nothing of what is in it.
    pub enum Keyless {
        /// It is too large.
        "key-size" Size,
        /// It is no PEM.
        "key-pem" Pem,
        /// It holds what is called so, and no public key.
        "key-not-public" NotPublic(String),
        /// It holds what is called so, and no private key.
        "key-not-private" NotPrivate(String),
        /// It is no public key of a kind that is known.
        "key-public-kind" PublicKind,
        /// It is no private key of a kind that is known.
        "key-private-kind" PrivateKind,
        /// It is no private key of ECDSA P-256.
        "key-private-p256" PrivateP256,
        /// It is encrypted, and there is no password.
        "key-password-missing" PasswordMissing,
        /// The password does not decrypt it.
        "key-password" Password,
        /// It is encrypted PKCS#8.
        "key-pkcs8-encrypted" EncryptedPkcs8,
        /// It is no key that cosign encrypted.
        "key-sealed" Sealed,
        /// What derives its key from the password has parameters that cosign does not accept.
        "key-parameters" Parameters,
        /// It cannot be written.
        "key-unwritten" Unwritten,
        /// It cannot be encrypted.
        "key-unsealed" Unsealed,
    }
}

impl From<Misplaced> for Unproven {
    fn from(problem: Misplaced) -> Self {
        Unproven::Found { problem }
    }
}

impl From<Refuted> for Unproven {
    fn from(problem: Refuted) -> Self {
        Unproven::Recomputed { problem }
    }
}

impl std::error::Error for Unproven {}
impl std::error::Error for Unrequired {}
impl std::error::Error for Keyless {}
