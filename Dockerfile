# syntax=docker/dockerfile:1
# Lacunarr in a container. The CI of this project has no Docker: this file was written with care, and not built there.
#
#   docker build -t lacunarr .
#   docker run -d --name lacunarr -p 127.0.0.1:9797:9797 -v lacunarr:/data -v /srv/manga:/manga:ro lacunarr
#
# BuildKit is needed (the default since Docker 23).

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# The slim image has gcc and libc6-dev: enough for the embedded SQLite and the TLS library.
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin lacunarr \
    && cp target/release/lacunarr /usr/local/bin/lacunarr

FROM debian:bookworm-slim
# ca-certificates: Prowlarr, trackers or PostgreSQL behind https. tzdata: times on this container's clock.
# libarchive-tools: bsdtar, which unpacks RAR and 7z for libraries that have them converted to CBZ.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tzdata libarchive-tools \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 1000 lacunarr \
    && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /data --shell /usr/sbin/nologin lacunarr \
    && install -d -o lacunarr -g lacunarr -m 0700 /data
COPY --from=build /usr/local/bin/lacunarr /usr/local/bin/lacunarr

# Database, keys and lacunarr.toml. Without the volume everything is forgotten with the container.
ENV LACUNARR_DATA=/data
VOLUME /data
WORKDIR /data
USER lacunarr
EXPOSE 9797

# Asks /ping on the configured port and URL base.
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["lacunarr", "healthcheck"]
# It ends its work within 20 seconds of SIGTERM; give it that long: docker stop -t 25.
STOPSIGNAL SIGTERM
ENTRYPOINT ["lacunarr"]
CMD ["serve"]
