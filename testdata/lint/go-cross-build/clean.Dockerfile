# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.22-alpine@sha256:0e33fb7bb57e9404afe41ec64cc160074d6671dd5dcc69b05330616346c9bf8a AS build
ARG SOURCE_DATE_EPOCH
ARG TARGETOS TARGETARCH YQ_SHA256
RUN apk add --no-cache git=2.43.0-r0 make=4.4.1-r2 upx=4.2.1-r0
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /bin/tool . && \
    wget -qO /usr/bin/yq https://github.com/mikefarah/yq/releases/download/v4.40.5/yq_linux_$TARGETARCH && \
    echo "$YQ_SHA256  /usr/bin/yq" | sha256sum -c - && \
    chmod +x /usr/bin/yq

FROM scratch
COPY --from=build /bin/tool /tool
COPY --from=build /usr/bin/yq /yq
ENTRYPOINT ["/tool"]
