#!/bin/sh
# Run by root while an image is built, with the options of the feature as variables. The key comes later, with the container.
set -eu
if ! command -v npm >/dev/null; then
  echo "qcode-setup needs Node.js 20 or newer: add the feature ghcr.io/devcontainers/features/node, or use an image with it." >&2
  exit 1
fi
# A container has no keychain, so what reaches one is left out.
npm install --global --omit=optional --no-audit --no-fund "qcode-setup@${VERSION:-latest}"
qcode-setup --version
