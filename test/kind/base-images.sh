#!/usr/bin/env bash
# The public base images: pulled where a registry answers, else built from Debian's and npm's packages under the public names,
# so that the Dockerfile and the manifests are the same either way.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"

debian() {
  local root=$CLUSTER_WORK/debian
  rm -rf "$root"
  quietly debootstrap debootstrap --variant=minbase --include=ca-certificates "$SUITE" "$root"
  # Trusts what this machine trusts, and asks the mirrors that it asks.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  cp /etc/apt/sources.list.d/* "$root/etc/apt/sources.list.d/" 2>/dev/null || true
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}
  tar -C "$root" -c . | docker import -c 'CMD ["bash"]' - "debian:$SUITE-slim" >/dev/null
  rm -rf "$root"
}
# build IMAGE CONTEXT: network host, for the engine may keep containers from reaching the mirrors.
build() {
  local name=${1%%:*}
  quietly "image-$name" docker build --network host -t "$1" -f "$kit/images/$name.Dockerfile" "$2"
}
node_context() {
  local context=$CLUSTER_WORK/node binary
  binary=$(find -L "$repository/node_modules/node/bin" -name node -type f)
  mkdir -p "$context"
  cp -L "$binary" "$context/node"
  echo "$context"
}
missing=()
for image in "${BASE_IMAGES[@]}"; do have_image "$image" || missing+=("$image"); done
[ ${#missing[@]} = 0 ] && exit 0
for image in "${missing[@]}"; do
  if registry_answers; then
    step "pulling $image" docker pull -q "$image"
    continue
  fi
  if ! have_image "debian:$SUITE-slim"; then
    [ "$(id -u)" = 0 ] || fail 'no image registry answers, and only root can build the base images: run this as root'
    need debootstrap
    step "building debian:$SUITE-slim" debian
  fi
  case $image in node:*) context=$(node_context) ;; *) context=$kit/images ;; esac
  step "building $image" build "$image" "$context"
done
