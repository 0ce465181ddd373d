# An image from a distribution: ./promptlab build && docker build -t promptlab .
# Works with a read-only root file system: only /tmp and, with the embedded PostgreSQL, /var/lib/promptlab are written.
ARG JAVA=25-jre-noble

FROM eclipse-temurin:${JAVA} AS unpacked
ADD target/promptlab-*.tar.gz /opt/
# What the JVM learns here makes every start of the image cheaper: half the CPU (docs/benchmarks.md).
RUN mv /opt/promptlab-* /opt/promptlab && /opt/promptlab/promptlab learn

FROM eclipse-temurin:${JAVA}
RUN groupadd --gid 10001 promptlab \
 && useradd --uid 10001 --gid promptlab --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin promptlab
COPY --from=unpacked /opt/promptlab /opt/promptlab
USER 10001:10001
ENV PROMPTLAB_HOST=0.0.0.0 PORT=4000 PROMPTLAB_METRICS_PORT=9464 PROMPTLAB_LOG_FORMAT=json
EXPOSE 4000 9464
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/opt/promptlab/promptlab", "health", "9464"]
ENTRYPOINT ["/opt/promptlab/promptlab"]
CMD ["serve"]
