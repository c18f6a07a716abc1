ARG NODE=20.11.1
ARG NODE_DIGEST=sha256:0000000000000000000000000000000000000000000000000000000000000001
FROM node:${NODE}-alpine@${NODE_DIGEST} AS deps
ARG SOURCE_DATE_EPOCH
RUN apk add --no-cache libc6-compat=1.2.4-r2
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile --network-timeout 100000

FROM node:${NODE}-alpine@${NODE_DIGEST} AS builder
ARG SOURCE_DATE_EPOCH
ARG REVISION
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN yarn build && \
    echo "$REVISION" > public/version.txt

FROM gcr.io/distroless/nodejs20-debian12@sha256:2ca69efd4ea5af91a637f19ba0bab8b081d2c03773c4a72fcbf8817c856b33ef
WORKDIR /app
COPY --from=builder /app/.next/standalone ./
CMD ["server.js"]
