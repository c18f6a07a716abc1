FROM php:8.3-fpm-alpine@sha256:12a5d18ee896e59954bdce0f4acc7212eebe03dae1834ef4ce160ac5afa5c4a8
ARG SOURCE_DATE_EPOCH
RUN apk add --no-cache --virtual .build-deps $PHPIZE_DEPS \
    && pecl install redis-6.0.2 xdebug-3.3.1 \
    && docker-php-ext-enable redis \
    && apk del .build-deps
RUN apk add --no-cache icu-libs~=74.2
COPY --from=composer:2@sha256:42cc848a9f5ec37abc5b95cb87023b74aae30d68e55939894bf42d839e13b736 /usr/bin/composer /usr/bin/composer
COPY composer.json composer.lock ./
RUN composer install --no-dev --no-scripts
ENV APP_SECRET_FILE=/run/secrets/app
COPY public public
