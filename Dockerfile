# syntax=docker/dockerfile:1
# The image of operator, control plane and command line. Build: make image IMAGE=registry.example.net/opencrane:TAG

FROM swift:6.2-bookworm AS build
RUN apt-get update \
    && apt-get install --no-install-recommends -y g++ libpq-dev libsqlite3-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Swift's own libraries go into the binaries; those of the system are in the next stage.
RUN --mount=type=cache,target=/src/.build \
    swift build --configuration release --static-swift-stdlib --product opencrane \
    && swift build --configuration release --static-swift-stdlib --product oc \
    && install -D -t /out/usr/local/bin .build/release/opencrane .build/release/oc \
    && strip /out/usr/local/bin/opencrane /out/usr/local/bin/oc

FROM debian:bookworm-slim
# git fetches third-party sources of skills.
RUN apt-get update \
    && apt-get install --no-install-recommends -y ca-certificates git libpq5 libsqlite3-0 libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 opencrane \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin opencrane
COPY --from=build /out/ /
COPY LICENSE /usr/share/doc/opencrane/
USER 10001:10001
# 8080 the API, 8081 and 9090 health and metrics.
EXPOSE 8080 8081 9090
ENTRYPOINT ["/usr/local/bin/opencrane"]
CMD ["--help"]
