# The image that nodes are made from; sourced after env.sh. One built here is named for what it is built by, so that a change builds it anew.
# shellcheck shell=bash disable=SC2034,SC2154
if registry_answers; then
  NODE_IMAGE=$PUBLISHED_NODE
else
  NODE_IMAGE=finia/kind-node:$KUBERNETES-$(cat "$kit/node-image.sh" "$kit/runc-capped" "$BIN/versions" | sha256sum | head -c 8)
fi
