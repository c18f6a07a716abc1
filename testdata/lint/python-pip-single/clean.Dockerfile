# syntax=docker/dockerfile:1.7
FROM python:3.12-slim@sha256:11a4a60b518bf24989d481468076e5d5982884626aed9faeb35b8576fcd223e1
ARG SOURCE_DATE_EPOCH
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt
COPY app/ ./app/
CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
