FROM ghcr.io/astral-sh/uv:0.4.20@sha256:e6184ce10e266134fdcfa401e8f1a95005bcd4f18d16b62b757323e2833fe9a9 AS uv
FROM python:3.12-slim@sha256:148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940 AS build
ARG SOURCE_DATE_EPOCH
COPY --from=uv /uv /bin/uv
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev
COPY src ./src
RUN date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d > /app/BUILD && echo "built at $(date)"

FROM python:3.12-slim@sha256:148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940
COPY --from=build /app /app
CMD ["/app/.venv/bin/python", "-m", "app"]
