//! What to change about a build, as data: the text is rendered from it (`report`), programs act on it.

use std::fmt;

/// A program that builds images, as far as images show which one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Builder {
    /// buildah and podman.
    Buildah,
    /// `BuildKit`: docker buildx, buildctl, and docker since 23.
    Buildkit,
    /// The legacy builder of Docker.
    Docker,
    /// kaniko.
    Kaniko,
}

/// One change of a build, shared by all the causes that it makes go away.
pub struct Fix {
    /// Its id, the same in every version of this program.
    pub id: &'static str,
    /// The builder that it is for; `None` for what does not depend on the builder.
    pub builder: Option<Builder>,
    /// The first version of the builder that has it: numbers and dots.
    pub since: Option<&'static str>,
    /// The first version of the builder that does not take it any more, or has something better.
    pub until: Option<&'static str>,
    /// The first versions of other programs that have it, in words: `podman 5.6`.
    pub also: Option<&'static str>,
    /// What to change.
    pub change: Change,
    /// What else there is to say: the end of a sentence, without a full stop.
    pub note: Option<&'static str>,
    /// Which of a cause's findings it makes go away.
    pub reach: Reach,
    /// What it does nothing, or harm, without.
    pub needs: &'static [Need],
}

/// What a fix changes.
pub enum Change {
    /// Options of the command that builds.
    Build(&'static [&'static str]),
    /// Options of the command that pushes.
    Push(&'static [&'static str]),
    /// The Dockerfile.
    Dockerfile(Edit),
    /// Another file or command that the build is made of, in words: an imperative.
    File(&'static str),
    /// The same, with edits of the Dockerfile for where it has such commands.
    Commands(&'static str, &'static [Edit]),
    /// The builder: one for both images, in one version; how to get that, an imperative, where it depends on the builder.
    SameBuilder(Option<&'static str>),
    /// Nothing: where one builder made both images the difference goes when what it follows from does. Why, in words.
    Nothing(&'static str),
    /// What only words can tell: an imperative.
    Words(&'static str),
}

/// An edit of a Dockerfile. Words in capitals stand for what only its author knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// A line more.
    Insert {
        /// The line.
        line: &'static str,
        /// Where.
        place: Spot,
    },
    /// The end of a RUN.
    Append {
        /// Which ones.
        run: Runs,
        /// The command that it ends with, after `&&`.
        command: &'static str,
    },
    /// Something else in place of what is there.
    Replace {
        /// What is there.
        what: &'static str,
        /// What to write.
        with: &'static str,
    },
}

/// Which `RUN` an edit is about, where findings do not name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// In words: `the RUN that installs`.
    pub words: &'static str,
    /// What it names where it makes the file itself: a part of a path.
    pub names: &'static [&'static str],
    /// The commands in it, as they begin.
    pub commands: &'static [&'static str],
}

/// Where a line of a Dockerfile goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The first line of the file.
    Top,
    /// After the FROM of each stage that has a RUN.
    EachStage,
}

/// Which findings of a cause a fix makes go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All.
    Everywhere,
    /// Those in what builders write: documents, compression and headers of layers.
    Image,
    /// Those inside of files: archives and compressed files that a step of the build makes.
    Files,
}

/// Another change without which a fix does nothing, or harm.
pub struct Need {
    /// The first of these that is for a builder at hand.
    pub one_of: &'static [&'static Fix],
    /// What happens without it, the end of a sentence.
    pub reason: &'static str,
}

impl Builder {
    /// All of them, in order of name.
    pub const ALL: [Builder; 4] = [Builder::Buildah, Builder::Buildkit, Builder::Docker, Builder::Kaniko];

    /// As reports have it.
    pub const fn name(self) -> &'static str {
        match self {
            Builder::Buildah => "buildah",
            Builder::Buildkit => "buildkit",
            Builder::Docker => "docker",
            Builder::Kaniko => "kaniko",
        }
    }
}

impl Fix {
    /// What most fixes have in common.
    pub(super) const BLANK: Fix = Fix {
        id: "",
        builder: None,
        since: None,
        until: None,
        also: None,
        change: Change::Words(""),
        note: None,
        reach: Reach::Everywhere,
        needs: &[],
    };

    /// Whether it makes go away what is inside of files (`in_files`), or else what builders write.
    pub const fn reaches(&self, in_files: bool) -> bool {
        match (&self.change, self.reach) {
            // No builder looks into the files that it packs.
            (Change::Build(_) | Change::Push(_) | Change::SameBuilder(_), _) | (_, Reach::Image) => !in_files,
            (_, Reach::Files) => in_files,
            (_, Reach::Everywhere) => true,
        }
    }
}

impl PartialEq for Fix {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Fix {}

impl fmt::Debug for Fix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}
