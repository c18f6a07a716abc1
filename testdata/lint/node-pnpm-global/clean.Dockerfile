FROM node:22-bookworm-slim@sha256:1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9 AS build
ARG SOURCE_DATE_EPOCH
RUN npm install -g pnpm@9.1.0
WORKDIR /repo
COPY pnpm-lock.yaml package.json ./
RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm install --frozen-lockfile
COPY packages packages
RUN pnpm -r build && tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -czf /out.tgz dist

FROM node:22-bookworm-slim@sha256:1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9
ADD --checksum=sha256:93dcc18adc78c65a028a84799ecf8ad40c936fdfc5f2a57b1acda5a8117fa82c https://github.com/krallin/tini/releases/download/v0.19.0/tini /tini
COPY --from=build /out.tgz /srv/out.tgz
ENTRYPOINT ["/tini", "--"]
