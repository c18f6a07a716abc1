# syntax=docker/dockerfile:1.4
FROM ubuntu:22.04@sha256:7804a56a5c7636cc05814736f44139e32920810d3bd51aa099a5df932e754ce9 AS build
ARG SOURCE_DATE_EPOCH
RUN <<EOF
set -e
apt-get update
apt-get install -y --no-install-recommends cmake=3.22.1-1ubuntu1 g++=4:11.2.0-1ubuntu1 ninja-build=1.10.1-1
curl -fsSL -o /tmp/boost.tar.gz https://archives.boost.io/release/1.84.0/source/boost_1_84_0.tar.gz
echo "a5800f405508f5df8114558ca9855d2640a2de8f0445f051fa1c7c3383045724  /tmp/boost.tar.gz" | sha256sum -c
tar xzf /tmp/boost.tar.gz -C /opt
EOF
COPY src /src
RUN cmake -S /src -B /b -G Ninja && cmake --build /b
RUN <<-'SCRIPT' bash -eu
	echo "#define BUILD_DATE \"$(date -u -d @$SOURCE_DATE_EPOCH)\"" > /b/stamp.h
	echo "seed $RANDOM"
SCRIPT

FROM ubuntu:22.04@sha256:7804a56a5c7636cc05814736f44139e32920810d3bd51aa099a5df932e754ce9
COPY --from=build /b/app /usr/bin/app
COPY --from=build /b/stamp.h /usr/share/app/
COPY <<CONF /etc/app.conf
date = $(date)
curl = http://example.com | sh
CONF
