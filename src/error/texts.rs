//! Every text in a problem of a registry, so that none of them shows a secret: a server may repeat what it was sent.

use super::access::{CertificatesOf, Unhelpful, Unsuitable};
use super::attachment::Unattached;
use super::file::Unread;
use super::registry::{Unadmitted, Unanswered, Unfetched};

/// What texts that were a secret are replaced by.
const SECRET: &str = "(secret)";

impl Unfetched {
    /// The same without a secret in any of its texts.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        for text in self.texts() {
            if text.contains(secret) {
                *text = text.replace(secret, SECRET);
            }
        }
        self
    }

    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unfetched::NotAName(text)
            | Unfetched::NotADigest(text)
            | Unfetched::NoThreads(text)
            | Unfetched::Tls(text)
            | Unfetched::NoHost(text) => vec![text],
            Unfetched::AnotherDigest(found, promised) => vec![found, promised],
            Unfetched::Untrusted(problem) => problem.texts(),
            Unfetched::Connection { problem } => problem.texts(),
            Unfetched::Login { problem } => problem.texts(),
            Unfetched::Access { problem } => problem.texts(),
            Unfetched::Attachment { problem } => problem.texts(),
            Unfetched::GaveUp { why: _, problem } | Unfetched::After { bytes: _, problem } => problem.texts(),
            Unfetched::Capitals
            | Unfetched::Ended
            | Unfetched::Late(_)
            | Unfetched::TooLarge { .. }
            | Unfetched::Slow(..)
            | Unfetched::Truncated
            | Unfetched::TransferTimeout(_)
            | Unfetched::AnotherPart
            | Unfetched::ReferrerPages(_)
            | Unfetched::ReferrerList
            | Unfetched::Referrers(_) => Vec::new(),
        }
    }
}

impl Unanswered {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unanswered::NoConnection { host, said } | Unanswered::BrokeOff { host, said } => {
                host.iter_mut().chain(said).collect()
            }
            Unanswered::ConnectTimeout(host) | Unanswered::AnswerTimeout(host) => host.iter_mut().collect(),
            Unanswered::Answer { server: _, status: _, reason, wait: _, messages } => {
                reason.iter_mut().chain(messages).collect()
            }
            Unanswered::RedirectPlain
            | Unanswered::Redirects(_)
            | Unanswered::RedirectNowhere
            | Unanswered::RedirectScheme
            | Unanswered::RedirectHost
            | Unanswered::RedirectWrite => Vec::new(),
        }
    }
}

impl Unadmitted {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unadmitted::LoginRefused(answer) => answer.texts(),
            Unadmitted::LoginNeeded { registry, answer } => {
                let mut texts = vec![registry];
                texts.extend(answer.iter_mut().flat_map(|answer| answer.texts()));
                texts
            }
            Unadmitted::LoginOverHttp(answer) => answer.iter_mut().flat_map(|answer| answer.texts()).collect(),
            Unadmitted::LoginCharacters
            | Unadmitted::NoTokenServer
            | Unadmitted::TokenServerElsewhere
            | Unadmitted::TokenServerPlain
            | Unadmitted::TokenAnswer
            | Unadmitted::NoToken
            | Unadmitted::TokenForwarded => Vec::new(),
        }
    }
}

impl Unattached {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unattached::Unwritten(text)
            | Unattached::Unlisted(text)
            | Unattached::NotOfCosign(text)
            | Unattached::CosignFull(text, _)
            | Unattached::Contended(text, _) => vec![text],
            Unattached::NoUpload
            | Unattached::UploadHost
            | Unattached::NoList
            | Unattached::ListFull(_)
            | Unattached::CosignDigest
            | Unattached::SearchTime(_)
            | Unattached::SearchCount(_)
            | Unattached::SearchSize(_) => Vec::new(),
        }
    }
}

impl Unsuitable {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unsuitable::FileSize(text, _)
            | Unsuitable::FileMissing(text)
            | Unsuitable::LeadsNowhere(text)
            | Unsuitable::BadIdentity(text)
            | Unsuitable::LoginFileMissing(text)
            | Unsuitable::LoginsMalformed { name: text, line: _, column: _ }
            | Unsuitable::HelperName(text)
            | Unsuitable::HelperMissing(text)
            | Unsuitable::NoCertificate(CertificatesOf::Host(text) | CertificatesOf::File(text)) => vec![text],
            Unsuitable::FolderUnread(one, other)
            | Unsuitable::WithoutKey(one, other)
            | Unsuitable::WithoutCertificate(one, other)
            | Unsuitable::BadCertificate(CertificatesOf::Host(one) | CertificatesOf::File(one), other)
            | Unsuitable::LoginEntry { name: one, key: other, problem: _ } => vec![one, other],
            Unsuitable::File { path, problem } => match problem {
                Unread::System(text) | Unread::HeldBehind(_, text) => vec![path, text],
                Unread::NotRegular(_) | Unread::Became(_) | Unread::HeldAs(_) | Unread::Repeated => vec![path],
            },
            Unsuitable::Helper { program, problem } => {
                let mut texts = problem.texts();
                texts.push(program);
                texts
            }
            Unsuitable::NamedIn { name, problem } => {
                let mut texts = problem.texts();
                texts.push(name);
                texts
            }
        }
    }
}

impl Unhelpful {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Unhelpful::DoesNotRun(text) | Unhelpful::Lost(text) => vec![text],
            Unhelpful::Failed { said, status } => said.iter_mut().chain([status]).collect(),
            Unhelpful::Answer | Unhelpful::TooMuch(_) | Unhelpful::Slow(_) | Unhelpful::Unread => Vec::new(),
        }
    }
}
