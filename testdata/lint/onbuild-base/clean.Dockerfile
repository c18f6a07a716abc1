FROM node:18@sha256:55858555296ede56c89a74e708b5bddb7855bd91f47140a440618c0f2bd74c6d
ARG SOURCE_DATE_EPOCH
WORKDIR /usr/src/app
ONBUILD COPY package.json package-lock.json /usr/src/app/
ONBUILD RUN npm ci && npm cache clean --force
ONBUILD COPY . /usr/src/app
CMD [ "npm", "start" ]
