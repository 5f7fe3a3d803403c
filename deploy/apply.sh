#!/usr/bin/env bash
# apply.sh OVERLAY REGISTRY: applies an overlay with the images of the commit that is checked out, and waits until
# everything runs. Each image's tag is the commit that last changed it (`pnpm deploy:tag`).
set -euo pipefail
[ $# = 2 ] || { echo 'usage: deploy/apply.sh OVERLAY REGISTRY' >&2; exit 2; }
overlay=$(cd "$(dirname "$0")/overlays/$1" && pwd) registry=$2
cd "$(dirname "$0")/.."

edits=()
for image in order payment delivery dashboard gateway provision; do
  tag=$(npx --yes pnpm@12 --silent deploy:tag "$image")
  edits+=(-e "s#image: ghcr.io/saucery/$image:.*#image: $registry/$image:$tag#")
done
# A Job cannot be changed.
kubectl --namespace saucery delete job provision --ignore-not-found
kubectl kustomize "$overlay" | sed -E "${edits[@]}" | kubectl apply --filename -
kubectl --namespace saucery wait --for=condition=Complete job/provision --timeout=300s
for service in order payment delivery dashboard gateway; do
  kubectl --namespace saucery rollout status "deployment/$service" --timeout=300s
done
