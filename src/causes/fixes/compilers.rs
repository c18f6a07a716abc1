//! Compilers, which write the directory of the build into programs, and what they are told of it.

use crate::causes::fix::{Change, Edit, Fix};

/// Names of sources without the directory.
pub(in crate::causes) const GO_TRIMPATH: Fix = Fix {
    id: "go-trimpath",
    change: Change::Dockerfile(Edit::Replace { what: "go build", with: "go build -trimpath" }),
    note: Some("Go 1.13 or later"),
    ..Fix::BLANK
};

/// The same in debug information, and in what `__FILE__` stands for.
pub(in crate::causes) const PREFIX_MAP: Fix = Fix {
    id: "file-prefix-map",
    change: Change::Dockerfile(Edit::Replace { what: "gcc", with: "gcc -ffile-prefix-map=\"$PWD\"=." }),
    note: Some("likewise g++ and clang; GCC 8, clang 10 or later"),
    ..Fix::BLANK
};

/// The same in debug information and panics.
pub(in crate::causes) const RUSTC_REMAP: Fix = Fix {
    id: "rustc-remap-path",
    change: Change::Dockerfile(Edit::Replace { what: "rustc", with: "rustc --remap-path-prefix=\"$PWD\"=." }),
    ..Fix::BLANK
};

/// An id that is a hash of the program instead of a random one.
pub(in crate::causes) const BUILD_ID: Fix = Fix {
    id: "build-id-hash",
    change: Change::Dockerfile(Edit::Replace { what: "-Wl,--build-id", with: "-Wl,--build-id=sha1" }),
    note: Some("uuid is another one in each build"),
    ..Fix::BLANK
};
