//! Archives that a step of the build packs.

use super::times::ARG_EPOCH;
use crate::causes::fix::{Change, Edit, Fix, Need, Reach};

/// tar with nothing in it but the files.
pub(in crate::causes) const TAR: Fix = Fix {
    id: "tar-options",
    change: Change::Dockerfile(Edit::Replace {
        what: "tar",
        with: "tar --format=posix --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner \
               --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    }),
    note: Some("with GNU tar"),
    reach: Reach::Files,
    needs: &[Need { one_of: &[&ARG_EPOCH], reason: "RUN does not know $SOURCE_DATE_EPOCH otherwise" }],
    ..Fix::BLANK
};

/// Headers of tar files that were made by hand, layers among them.
pub(in crate::causes) const TAR_ACCESS_TIMES: Fix = Fix {
    id: "tar-access-times",
    change: Change::File(
        "Pack tar files with tar --format=posix --pax-option=delete=atime,delete=ctime and POSIXLY_CORRECT unset; bsdtar: \
         --options pax:!creationtime or --format=ustar",
    ),
    ..Fix::BLANK
};

/// Owners by number.
pub(in crate::causes) const TAR_OWNERS: Fix = Fix {
    id: "tar-owners",
    change: Change::File("Pack tar files made by hand with tar --numeric-owner --owner=0 --group=0"),
    ..Fix::BLANK
};

/// Names of PAX headers.
pub(in crate::causes) const TAR_PAX_NAMES: Fix = Fix {
    id: "tar-pax-names",
    change: Change::File(
        "Pack tar files with GNU tar and --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f; .NET SDK: use a release \
         with dotnet/sdk#55689 (August 2026)",
    ),
    ..Fix::BLANK
};

/// The comment that git puts into archives of commits.
pub(in crate::causes) const GIT_TREE: Fix = Fix {
    id: "git-archive-tree",
    change: Change::File(
        "Archive a tree instead of a commit, which leaves the header out: git archive 'COMMIT^{tree}'; or extract and pack \
         it again with tar --sort=name",
    ),
    ..Fix::BLANK
};

/// Names without `./`.
pub(in crate::causes) const TAR_NAMES: Fix = Fix {
    id: "tar-names",
    change: Change::File(
        "Pack tar files with tar --transform 's,^\\./,,' --sort=name, or name the files instead of the directory",
    ),
    ..Fix::BLANK
};

/// Sparse files.
pub(in crate::causes) const TAR_SPARSE: Fix = Fix {
    id: "tar-sparse",
    change: Change::File(
        "Pack with tar without -S (--sparse), bsdtar with --no-read-sparse; keep sparse log files out: truncate -s0 \
         /var/log/lastlog /var/log/faillog in the RUN that adds users, or useradd --no-log-init",
    ),
    ..Fix::BLANK
};

/// The end of a tar file.
pub(in crate::causes) const TAR_BLOCKS: Fix = Fix {
    id: "tar-blocking-factor",
    change: Change::File("Pack tar files made by hand with tar --blocking-factor=1 (-b1)"),
    ..Fix::BLANK
};

/// One entry for a path.
pub(in crate::causes) const TAR_ONCE: Fix = Fix {
    id: "tar-once",
    change: Change::File(
        "Pack once from one directory instead of appending: tar --sort=name -cf, without -r and without --concatenate",
    ),
    ..Fix::BLANK
};

/// Labels of the host.
pub(in crate::causes) const TAR_XATTRS: Fix = Fix {
    id: "tar-xattrs",
    change: Change::File("Pack tar files made by hand with tar --no-selinux --no-xattrs"),
    ..Fix::BLANK
};

/// Lists of the host.
pub(in crate::causes) const ACLS: Fix = Fix {
    id: "default-acls",
    change: Change::File(
        "Remove default lists from the directories of the context and of the builder's storage: setfacl -R -b -k DIRECTORY; \
         pack tar files made by hand with tar --no-acls",
    ),
    ..Fix::BLANK
};

/// Times of members of zip archives.
pub(in crate::causes) const ZIP_TIMES: Fix = Fix {
    id: "zip-times",
    change: Change::Commands(
        "Give members of zip archives a fixed time: jar --date=2024-01-01T00:00:00Z (JDK 17); Maven \
         project.build.outputTimestamp; Gradle preserveFileTimestamps = false (the default since 9); for zip -X and zipapp \
         touch -d @$SOURCE_DATE_EPOCH the files first, with TZ=UTC; setuptools, flit and hatchling take SOURCE_DATE_EPOCH",
        &[
            Edit::Replace { what: "jar", with: "jar --date=2024-01-01T00:00:00Z" },
            // No options: its files get a time before.
            Edit::Replace { what: "zip -r", with: "zip -r" },
            // Said to be left: what it writes itself has the time of the build.
            Edit::Replace { what: "python3 -m zipapp", with: "python3 -m zipapp" },
        ],
    ),
    ..Fix::BLANK
};

/// Compression of members of zip archives.
pub(in crate::causes) const ONE_ARCHIVER: Fix = Fix {
    id: "one-archiver",
    change: Change::File(
        "Archive with one version of one tool at a fixed level: zip -9, jar of one JDK, Gradle or Maven with pinned \
         plugins; pin the image that builds by digest",
    ),
    ..Fix::BLANK
};

/// The order of members of wheels.
pub(in crate::causes) const ZIP_ORDER: Fix = Fix {
    id: "zip-order",
    change: Change::File(
        "Build wheels with a backend that sorts what it packs (flit, hatchling), or pack them anew in a fixed order: wheel \
         unpack, then find … | LC_ALL=C sort | zip -X -@",
    ),
    ..Fix::BLANK
};

/// Extra fields of members of zip archives.
pub(in crate::causes) const ZIP_EXTRA: Fix =
    Fix { id: "zip-extra", change: Change::Dockerfile(Edit::Replace { what: "zip", with: "zip -X" }), ..Fix::BLANK };

/// Headers of members of archives of `ar`.
pub(in crate::causes) const AR_ZEROS: Fix = Fix {
    id: "ar-zeros",
    change: Change::File(
        "Make libraries with ar rcsD and ranlib -D (ARFLAGS without U): binutils then write zeros for time, \
         owner and group",
    ),
    note: Some("--enable-deterministic-archives makes that the default"),
    ..Fix::BLANK
};
