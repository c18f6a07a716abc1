FROM nginx:1.25-alpine@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65
LABEL maintainer="web@example.com" build-date="$BUILD_DATE"
COPY html /usr/share/nginx/html/
COPY nginx.conf /etc/nginx/nginx.conf
RUN echo "Deploying on $HOSTNAME at $(date)" && ln -sf /dev/stdout /var/log/nginx/access.log
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
