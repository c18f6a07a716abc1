FROM debian:bookworm-20240110-slim@sha256:8b53639f152c8fc6ef30802fde462ba0be9cf085f7580dc69efd72e002abbb35
ARG SOURCE_DATE_EPOCH
COPY motd /etc/motd
COPY --chmod=644 <<EOF /etc/apt/sources.list.d/debian.sources
Types: deb
URIs: http://snapshot.debian.org/archive/debian/20240110T000000Z
Suites: bookworm
Components: main
EOF
RUN sudo -E apt-get update -q=2 && sudo -E apt-get -o Dpkg::Use-Pty=0 install -qy --no-install-recommends postgresql-client ./local.deb "gnupg" \
 && rm -rf /var/lib/{apt,dpkg}/lists/* /var/cache/ldconfig /var/log/{apt,dpkg.log,alternatives.log}
COPY keys/pg.gpg /usr/share/keyrings/pg.gpg
