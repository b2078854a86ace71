# syntax=docker/dockerfile:1
# The image of operator, control plane and command line. Build: make image IMAGE=registry.example.net/opencrane:TAG
# scripts/image carries this file out without a container engine, and tests what comes out (docs/install.md).

ARG BUILD_IMAGE=swift:6.3.1-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
# Debian's archive keeps one version of each package: none can be named here.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends -y g++ libpq-dev libsqlite3-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Swift's own libraries go into the program; those of the system are in the next stage. Nothing is looked up in the program by name, so
# it exports no symbols. Called as oc it is the command line: one program instead of two with the same libraries.
RUN --mount=type=cache,target=/src/.build \
    swift build --configuration release --static-swift-stdlib -Xlinker --no-export-dynamic --product opencrane \
    && install -D -t /out/usr/local/bin .build/release/opencrane \
    && strip /out/usr/local/bin/opencrane \
    && ln -s opencrane /out/usr/local/bin/oc \
    && scripts/third-party /out/usr/share/doc/opencrane

FROM ${RUNTIME_IMAGE}
# git fetches third-party sources of skills over HTTPS: of its package the programs for that, which need no Perl. Its description stays where
# scanners look for packages. Nothing runs as anybody else than who has started it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends -y ca-certificates libcurl3-gnutls libpcre2-8-0 libpq5 libsqlite3-0 libstdc++6 zlib1g \
    && apt-get download git \
    && dpkg-deb --extract git_*.deb /tmp/git \
    && mkdir -p /usr/lib/git-core /usr/share/git-core/templates /var/lib/dpkg/status.d \
    && cp /tmp/git/usr/bin/git /usr/bin/ \
    && cp -P /tmp/git/usr/lib/git-core/git-remote-http /tmp/git/usr/lib/git-core/git-remote-https /usr/lib/git-core/ \
    && install -D -m 644 -t /usr/share/doc/git /tmp/git/usr/share/doc/git/copyright \
    && dpkg-deb --field git_*.deb > /var/lib/dpkg/status.d/git \
    && groupadd --gid 10001 opencrane \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin opencrane \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && rm -rf git_*.deb /tmp/git /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/* /etc/*-
COPY --from=build /out/ /
USER 10001:10001
# 8080 the API, 8081 and 9090 health and metrics.
EXPOSE 8080 8081 9090
ENTRYPOINT ["/usr/local/bin/opencrane"]
CMD ["--help"]
