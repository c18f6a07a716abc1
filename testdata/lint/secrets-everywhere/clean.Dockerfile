FROM alpine:3.19@sha256:54c5b3dd459d5ef778bb2fa1e23a5fb0e1b62ae66970bcb436e8f81a1a1a8e41
ARG SOURCE_DATE_EPOCH
ARG AWS_ACCESS_KEY_ID AWS_REGION=eu-west-1 TOKEN_FILE=/run/secrets/token
ENV PASSWORD_MIN_LENGTH=12 AUTH_METHOD=oidc JWT_ISSUER=https://example.com/
ARG VERSION=1.2.3
RUN --mount=type=secret,id=gh wget -qO- --header="Authorization: Bearer $(cat /run/secrets/gh)" https://api.example.com/x | sha256sum
LABEL deploy.token-file=/run/secrets/token
