# reprove: ignore-file=base-image-drift reason: a source policy of the builder pins every tag
FROM debian:12
ARG SOURCE_DATE_EPOCH
# reprove: ignore=dpkg-log,ldconfig-aux-cache reason: the image is squashed by a later step that drops them
RUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u5 \
 && rm -rf /var/lib/apt/lists/*
