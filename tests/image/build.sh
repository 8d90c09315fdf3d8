#!/usr/bin/env bash
# Builds the image without a container engine and prints its id, as root on Debian with mmdebstrap,
# podman and crun. A minute's work on two cores; podman keeps the layers for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
base=localhost/python:3.13-slim # stands for that of Docker Hub: the same Debian, its own Python

if ! podman image exists "$base"; then
  mmdebstrap --quiet --variant=essential \
    --include=ca-certificates,libstdc++6,netbase,python3-venv,tzdata \
    --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python"' \
    trixie - | podman import --quiet - "$base"
fi

# pip and uv trust whom this machine trusts.
podman build --isolation chroot --network host --format docker --build-arg "BASE=$base" \
  --volume "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}:/etc/ssl/certs/ca-certificates.crt:ro" \
  --tag localhost/spotify-elt:test .
