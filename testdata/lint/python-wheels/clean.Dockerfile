FROM python:3.11.9-bookworm@sha256:6e491c02882ac36e3bcaaac4d151d4b2793135d4482adf227b1b730cdd90b46d AS builder
ARG SOURCE_DATE_EPOCH
WORKDIR /src
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip wheel --wheel-dir=/wheels --require-hashes -r requirements.txt

FROM python:3.11.9-slim@sha256:47102291234b58ef5cb4310cf905d82c3a0d7fad710ee5d6cbd2d1b6a97eb428 AS runtime
ARG SOURCE_DATE_EPOCH
ENV PYTHONDONTWRITEBYTECODE=1 TZ=UTC LANG=C.UTF-8
WORKDIR /app
COPY --from=builder /wheels /wheels
RUN pip install --no-compile --no-cache-dir --no-index --find-links=/wheels /wheels/*
COPY app/ ./app/
ENTRYPOINT ["python", "-m", "app"]
