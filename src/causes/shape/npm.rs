//! npm and its cache.

use crate::causes::Remedy;

/// What keeps npm's cache and logs out of the image.
pub(in crate::causes) const NPM_REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "any",
        text: "RUN npm ci --cache /tmp/npm --logs-max=0 && rm -rf /tmp/npm; never leave /root/.npm in a layer.",
    },
    Remedy { builder: "buildkit", text: "RUN --mount=type=cache,target=/root/.npm npm ci (BuildKit 0.8)." },
];
