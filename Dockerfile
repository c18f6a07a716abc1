# The program alone: docker run --rm IMAGE diff ORIGINAL REBUILD
#
# What it is built in is any image with Rust and a C compiler, which is given as "rust":
#   docker buildx build --build-context rust=docker-image://docker.io/library/rust:1-alpine --tag reprove .
# Without that it is the newest of Docker's.

# reprove: ignore=base-image-drift reason: whoever builds chooses the base, and of it only certificates get into the image
FROM rust AS build
ARG CARGO_BUILD_JOBS
ARG CARGO_PROFILE_DIST_CODEGEN_UNITS
ARG CARGO_PROFILE_DIST_LTO
ARG CARGO_PROFILE_DIST_OPT_LEVEL
ARG SOURCE_DATE_EPOCH
WORKDIR /source
COPY . .
# The certificates of a network that has its own: --secret id=ca.crt,src=FILE
RUN --mount=type=secret,id=ca.crt \
    if [ -e /run/secrets/ca.crt ]; then export CARGO_HTTP_CAINFO=/run/secrets/ca.crt; fi; \
    scripts/packages/compile /built
# What it reads and writes at run time: certificates, temporary files.
RUN umask 022 && mkdir -p /image/usr/bin /image/etc/ssl/certs && mkdir -m 1777 /image/tmp \
    && cp /built/reprove /image/usr/bin/ && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/

FROM scratch
COPY --from=build /image /
LABEL org.opencontainers.image.title=reprove \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.description="Prove that a container image rebuilds bit for bit, or explain every bit that does not"
ENTRYPOINT ["/usr/bin/reprove"]
