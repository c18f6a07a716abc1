//! Compiled Python modules.

use crate::causes::Remedy;

/// What keeps times out of compiled modules.
pub(in crate::causes) const PYC_REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "any",
        text: "Set ARG SOURCE_DATE_EPOCH before the RUN that installs: pip, compileall and py_compile then write hashes instead \
               of times (Python 3.7).",
    },
    Remedy {
        builder: "any",
        text: "Install with pip install --no-compile (PIP_NO_COMPILE=1), and ENV PYTHONDONTWRITEBYTECODE=1 against modules \
               compiled by imports.",
    },
    Remedy { builder: "any", text: "End the RUN with: python -m compileall --invalidation-mode unchecked-hash DIR" },
];
