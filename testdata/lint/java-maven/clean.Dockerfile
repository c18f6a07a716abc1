FROM maven:3.9-eclipse-temurin-21@sha256:77b009e6e3fcca705290e093300672ab0c85c6661417cced8369040f3290be3f AS build
ARG SOURCE_DATE_EPOCH
WORKDIR /build
COPY pom.xml .
RUN mvn -B dependency:go-offline
COPY src ./src
RUN mvn -B -DskipTests package && \
    jar --create --date=2024-01-01T00:00:00Z --file /build/extra.jar -C target/classes .

FROM eclipse-temurin:21-jre@sha256:a6942178b20a1fc99da8c30f93f56a9854c35031292f8e69e7d6382eb28ec8a3
COPY --from=build /build/target/app.jar /app.jar
LABEL build.host=x
ENTRYPOINT ["java", "-jar", "/app.jar"]
