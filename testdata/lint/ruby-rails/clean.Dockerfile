FROM ruby:3.3-slim@sha256:b9138194ffe9e7c8bb6d79d1ed56259553d18d9cb60b66e3ba5aa2e5b078055a AS build
ARG SOURCE_DATE_EPOCH
RUN apt-get update -qq && \
    apt-get install --no-install-recommends -y build-essential=12.9 libpq-dev=15.5-0+deb12u1 nodejs=18.19.0+dfsg-6~deb12u2
RUN gem install bundler -v 2.5.6
WORKDIR /rails
COPY Gemfile Gemfile.lock ./
RUN bundle install
RUN --mount=type=secret,id=master_key,target=/rails/config/master.key bundle exec rails assets:precompile
COPY app app

FROM ruby:3.3-slim@sha256:b9138194ffe9e7c8bb6d79d1ed56259553d18d9cb60b66e3ba5aa2e5b078055a
COPY --from=build /rails /rails
COPY --from=build /usr/local/bundle /usr/local/bundle
