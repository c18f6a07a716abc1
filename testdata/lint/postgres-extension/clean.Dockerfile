FROM debian:bookworm@sha256:eecd61e32e1b5ce6aa815602af2c2433cef72b855dead9d53e33c542663616ee
ARG SOURCE_DATE_EPOCH
RUN apt-get update && apt-get install -y postgresql-common=248 \
    && sed -ri 's/#(create_main_cluster) .*$/\1 = false/' /etc/postgresql-common/createcluster.conf \
    && apt-get install -y postgresql-15=15.5-0+deb12u1 \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
USER postgres
ENV PGDATA=/var/lib/postgresql/data POSTGRES_PASSWORD_FILE=/run/secrets/pw
