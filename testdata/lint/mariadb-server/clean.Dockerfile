FROM ubuntu:22.04@sha256:ece134c3f8737a954710c0b89a9f70e8e59359f6a8ab4c19ae77cf1203d5c5bc
ARG SOURCE_DATE_EPOCH
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y mariadb-server=1:10.6.16-0ubuntu0.22.04.1 \
    && rm -rf /var/lib/mysql/* \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
ENV MYSQL_ROOT_PASSWORD_FILE=/run/secrets/root MYSQL_DATABASE=app
