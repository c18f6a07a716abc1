FROM python:3.12 AS test
RUN pip install pytest && date > /tested
FROM golang:latest AS docs
RUN go install example.com/docs@latest
FROM alpine:3.19@sha256:54c5b3dd459d5ef778bb2fa1e23a5fb0e1b62ae66970bcb436e8f81a1a1a8e41 AS release
ARG SOURCE_DATE_EPOCH
RUN --mount=type=bind,from=tools,source=/bin,target=/tools true
RUN echo "run $(uuidgen)"
COPY --from=ghcr.io/example/tools:v3@sha256:f9d35d43770d39092a663e665e82ae1d84a9e0da3d0d10c407acada6a40cd281 /bin/tool /bin/tool
