#!/usr/bin/env bash
# build.sh PROGRAM WORK: builds Traefik into PROGRAM, in the folder WORK: out of published Go modules, two of them with a file of our own laid over.
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "$1")
work=$2
published() {
  (cd / && GOFLAGS=-mod=mod go mod download "$1")
  echo "$(go env GOMODCACHE)/$1"
}
rm -rf "$work"
mkdir -p "$work"
cp "$source/go.mod" "$source/go.sum" "$work/"
cp -r "$(published github.com/go-acme/lego/v5@v5.4.1)" "$work/lego"
cp -r "$(published github.com/abbot/go-http-auth@v0.4.0)" "$work/go-http-auth"
chmod -R u+w "$work"
rm -rf "$work/lego/providers/dns" # nearly 200 vendors' clients, some of which are not published
cp -r "$source/own/." "$work/"
cd "$work"
GOFLAGS=-mod=mod CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$out" github.com/traefik/traefik/v3/cmd/traefik
