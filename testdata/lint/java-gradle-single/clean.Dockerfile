FROM gradle:8.7-jdk21@sha256:0e687aaa28b03552c11dca346c7c8914e62b3e2ada613a7288c28c9e7e9ddeb4 AS build
ARG SOURCE_DATE_EPOCH
WORKDIR /home/gradle/project
COPY build.gradle settings.gradle ./
COPY src src
RUN gradle --no-daemon bootJar
RUN uname -a && hostname && uname -m > /etc/build-arch

FROM eclipse-temurin:21-jre@sha256:a6942178b20a1fc99da8c30f93f56a9854c35031292f8e69e7d6382eb28ec8a3
COPY --from=build /home/gradle/project/build/libs/app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
