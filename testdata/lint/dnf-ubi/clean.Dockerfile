FROM registry.access.redhat.com/ubi9/ubi-minimal:9.3@sha256:b7b4fe78377ca0959f88a01e2d2cc73d9f9fa9e3cf37b419edafabcb65d7120f
ARG SOURCE_DATE_EPOCH
RUN microdnf install -y python3.11-3.11.5-1.el9 java-17-openjdk-headless-17.0.9.0.9-2.el9 && \
    microdnf clean all && rm -rf /tmp/*
RUN dnf install -y systemd-252-18.el9 && dnf clean all
RUN dnf install -y libstdc++-11.4.1 && dnf clean all
