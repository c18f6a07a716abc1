FROM alpine:3.19@sha256:54c5b3dd459d5ef778bb2fa1e23a5fb0e1b62ae66970bcb436e8f81a1a1a8e41 AS build
ARG SOURCE_DATE_EPOCH
RUN apk add --no-cache --virtual .deps build-base=0.5-r3 linux-headers=6.5-r0 \
 && make -C /src install \
 && apk del .deps
RUN apk --no-cache add gcc=13.2.1_git20231014-r0 musl-dev=1.2.4-r2
FROM alpine:3.19@sha256:54c5b3dd459d5ef778bb2fa1e23a5fb0e1b62ae66970bcb436e8f81a1a1a8e41
COPY --from=build /usr/local /usr/local
