FROM debian:12-slim@sha256:f9c7af7ebcbf098b9f5f37361d1b168bb2e5b98d930ceef0f055377a8c94db61 AS pack
ARG SOURCE_DATE_EPOCH
ENV TZ=UTC
WORKDIR /w
COPY assets assets
RUN find assets -exec touch -hd @$SOURCE_DATE_EPOCH {} + && find assets | LC_ALL=C sort | zip -X -@ assets.zip
RUN tar --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 -cf assets.tar assets && gzip -n assets.tar
RUN tar c assets | tar x -C /srv
RUN date -d @$SOURCE_DATE_EPOCH > stamp
FROM scratch
COPY --from=pack /w /
