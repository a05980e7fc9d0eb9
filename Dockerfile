# The image of noobaa-db-backup: one executable and what it needs to start, nothing else. Builds with docker (BuildKit),
# podman and buildah; `make image` passes the arguments. docs/image.md says what is inside and what makes it reproducible.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/install-packages scripts/
RUN scripts/install-packages build image
COPY . .
# Seconds since 1970: the time of everything in the image.
ARG SOURCE_DATE_EPOCH=0
RUN cmake --preset release -DCMAKE_CXX_COMPILER_LAUNCHER= -DCMAKE_CXX_FLAGS=-ffile-prefix-map=/src/= \
 && cmake --build --preset release \
 && scripts/image-root build/release/noobaa-db-backup /image

# No base.name label: it is based on nothing.
FROM scratch
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="noobaa-db-backup" \
      org.opencontainers.image.description="Verified volume-snapshot backups of NooBaa's PostgreSQL metadata" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /image/ /
# Any other will do as well.
USER 65532:65532
ENTRYPOINT ["/usr/bin/noobaa-db-backup"]
CMD ["help"]
