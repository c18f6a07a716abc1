FROM ubuntu:22.04@sha256:ece134c3f8737a954710c0b89a9f70e8e59359f6a8ab4c19ae77cf1203d5c5bc
ARG SOURCE_DATE_EPOCH
RUN ["/bin/bash", "-c", "apt-get update && apt-get install -y tzdata=2024a-0ubuntu0.22.04 && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log"]
COPY ["srv/", "/srv/"]
