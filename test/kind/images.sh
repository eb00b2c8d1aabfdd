#!/usr/bin/env bash
# Builds the images of the operator and of the API, unless they were built from the same content before.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
"$kit/docker.sh"
"$kit/base-images.sh"
cd "$repository"
version=$(cat VERSION)
content() {
  find dist cfg/*.yaml VERSION Dockerfile -type f -print0 | sort -z | xargs -0 sha256sum
  docker image inspect -f '{{.Id}}' "node:26-$SUITE-slim"
}
build() { quietly "image-$1" docker build --target "$1" --label "finia.io/content=$wanted" -t "$2" .; }
step 'bundling the programs' node build.ts
wanted=$(content | sha256sum | head -c 16)
for target in operator api; do
  case $target in api) image=finia:$version ;; *) image=finia-$target:$version ;; esac
  [ "$(docker image inspect -f '{{index .Config.Labels "finia.io/content"}}' "$image" 2>/dev/null)" = "$wanted" ] ||
    step "building $image" build "$target" "$image"
done
