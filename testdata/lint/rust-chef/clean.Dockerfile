FROM rust:1.77-slim@sha256:521fe5c9ece1aa1f8b66228171598263574aefc6fa4ba06a61747ec81ee9f5a3 AS chef
ARG SOURCE_DATE_EPOCH
WORKDIR /app
RUN cargo install --locked cargo-chef@0.1.66

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim@sha256:9cfa1468c93fc18652e34a000f0c6614b0fa18f6f4887477ad9b0d36ca6a7eaa
ARG SOURCE_DATE_EPOCH
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates=20230311 \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
COPY --from=builder /app/target/release/app /usr/local/bin/app
CMD ["app"]
