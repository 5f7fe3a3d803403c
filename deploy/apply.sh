#!/usr/bin/env bash
# apply.sh OVERLAY REGISTRY [IMAGE]: applies an overlay with the images of the checked-out commit, and waits until the
# system runs. With IMAGE (order, …) it applies only the objects of that service and the shared ones.
# An image's tag is the commit that last changed it (`pnpm deploy:tag`). Images are applied by digest, because a tag can be
# moved; an image that is missing in the registry stops the release before anything is changed.
set -euo pipefail
[[ $# = 2 || $# = 3 ]] || { echo 'usage: deploy/apply.sh OVERLAY REGISTRY [IMAGE]' >&2; exit 2; }
overlay=$(cd "$(dirname "$0")/overlays/$1" && pwd) registry=$2 only=${3:-}
cd "$(dirname "$0")/.."
services=(order payment delivery dashboard gateway)
images=("${services[@]}" provision)
[[ -z $only || " ${images[*]} " == *" $only "* ]] || { echo "no image $only: there are ${images[*]}" >&2; exit 2; }

wanted=("${images[@]}")
[[ -z $only ]] || wanted=("$only")

manifests=$(kubectl kustomize "$overlay")
pin() {
  local digest
  digest=$(docker buildx imagetools inspect "$2" | sed -n 's/^Digest: *//p')
  [[ $digest == sha256:* ]] || { echo "$2 has no digest" >&2; exit 1; }
  manifests=$(sed -E "s#image: $1\$#image: $2@$digest#" <<<"$manifests")
}
for image in "${wanted[@]}"; do
  tag=$(npx --yes pnpm@12 --silent deploy:tag "$image")
  pin "ghcr.io/saucery/$image:[^@]*" "$registry/$image:$tag"
done
if [[ -z $only ]]; then
  for image in $(sed -nE 's/^ *(- )?image: ([^@]+)$/\2/p' <<<"$manifests" | sort -u); do pin "$image" "$image"; done
  parts=('')
else
  parts=('!app.kubernetes.io/name' "app.kubernetes.io/name=$only")
fi

# A Job cannot be changed.
[[ -n $only && $only != provision ]] || kubectl --namespace saucery delete job provision --ignore-not-found
for part in "${parts[@]}"; do kubectl apply --selector "$part" --filename - <<<"$manifests"; done
case $only in
  '') waiting=(statefulset/nats "${services[@]/#/deployment/}") ;;
  provision) waiting=() ;;
  *) waiting=("deployment/$only") ;;
esac
[[ -n $only && $only != provision ]] ||
  kubectl --namespace saucery wait --for=condition=Complete job/provision --timeout=300s
for one in ${waiting[@]+"${waiting[@]}"}; do kubectl --namespace saucery rollout status "$one" --timeout=600s; done
