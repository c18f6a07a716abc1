# syntax=docker/dockerfile:1
FROM ubuntu:24.04@sha256:752364b7b25e4de0bee322582d7a205ecab5476ba1f62290b842486883fcbf53
ARG SOURCE_DATE_EPOCH
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    --mount=type=tmpfs,target=/var/log \
    apt-get update --snapshot 20250101T000000Z && \
    apt-get install -y --snapshot 20250101T000000Z --no-install-recommends curl jq
