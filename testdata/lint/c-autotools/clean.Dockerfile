FROM debian:12@sha256:9cfa1468c93fc18652e34a000f0c6614b0fa18f6f4887477ad9b0d36ca6a7eaa AS build
ARG SOURCE_DATE_EPOCH
RUN apt-get update \
 && apt-get install -y gcc=4:12.2.0-3 make=4.3-4.1 libssl-dev=3.0.11-1~deb12u2 \
 && apt-get clean
RUN git clone https://github.com/example/tool /src && git -C /src checkout 8d3ed8ec5c88c1c95f5e558612a725450d2452813
WORKDIR /src
RUN CFLAGS="-O3 -march=x86-64-v2" ./configure && make -j"$(nproc)" install
RUN gzip -9n /usr/local/share/man/man1/tool.1
RUN find /usr/local -type f | LC_ALL=C sort > /usr/local/share/manifest

FROM debian:12@sha256:9cfa1468c93fc18652e34a000f0c6614b0fa18f6f4887477ad9b0d36ca6a7eaa
COPY --from=build /usr/local /usr/local
