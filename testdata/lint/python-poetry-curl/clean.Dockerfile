FROM python:3.11-slim@sha256:148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940
ARG SOURCE_DATE_EPOCH
ENV POETRY_HOME=/opt/poetry PIP_NO_CACHE_DIR=1
RUN pip install poetry==1.8.3
WORKDIR /srv
COPY pyproject.toml poetry.lock ./
RUN --mount=type=secret,id=pypi,env=POETRY_HTTP_BASIC_INTERNAL_PASSWORD poetry install --no-root
RUN pip install 'gunicorn==20.1.0' && python3 -m pip install sentry-sdk==1.40.0
COPY app app
