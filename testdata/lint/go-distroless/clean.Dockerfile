FROM golang:1.22@sha256:4cd0e21a9a0795a14ec9aa5f0e7d1abff0492565770e43eafdf1e3e8afed1f33 AS build
ARG SOURCE_DATE_EPOCH
ARG VERSION
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
COPY internal internal
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-X main.version=$VERSION -X main.date=$(date -u -d @$SOURCE_DATE_EPOCH +%FT%TZ)" -o /out/app ./cmd/app
RUN go install github.com/grpc-ecosystem/grpc-health-probe@v0.4.25

FROM gcr.io/distroless/static-debian12:nonroot@sha256:56af4bde70a47ae7d0f1ebb30e45ed336165d5c9ec00ba9a92311e33a4256d74
COPY --from=build /out/app /app
USER nonroot
ENTRYPOINT ["/app"]
