# One image for a node; docker-compose.yml starts three of it.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -q -T1 -pl server -am -DskipTests -Dspotless.check.skip=true \
      package dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/app/lib \
 && cp server/target/rookery-server-*.jar /app/lib/

FROM eclipse-temurin:17-jre
RUN useradd --system --create-home --home-dir /var/lib/rookery rookery
COPY --from=build /app/lib /opt/rookery/lib
USER rookery
VOLUME /var/lib/rookery
EXPOSE 8080 9090
ENTRYPOINT ["java", "-Xmx512m", "-XX:+UseSerialGC", "--add-opens=java.base/java.nio=ALL-UNNAMED", \
            "--add-opens=java.base/java.lang=ALL-UNNAMED", "-XX:MaxDirectMemorySize=512m", "-XX:+ExitOnOutOfMemoryError", \
            "-cp", "/opt/rookery/lib/*", "io.rookery.server.Main"]
CMD ["server", "--help"]
