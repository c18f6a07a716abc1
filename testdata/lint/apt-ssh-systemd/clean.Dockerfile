FROM debian:bookworm@sha256:18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4
ARG SOURCE_DATE_EPOCH
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get -y install openssh-server=1:9.2p1-2 dbus=1.14.10-1 && \
    apt-get clean && rm -rf /tmp/* && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log && \
    rm -f /etc/ssh/ssh_host_* && : > /etc/machine-id && rm -f /var/lib/dbus/machine-id
RUN useradd -m -u 1000 dev
EXPOSE 22
CMD ["/bin/sh", "-c", "ssh-keygen -A && exec /usr/sbin/sshd -D"]
