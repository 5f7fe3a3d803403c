#!/usr/bin/env bash
# kind.sh: brings up a kind cluster `saucery`, and a registry on this machine that its node pulls from
# (https://kind.sigs.k8s.io/docs/user/local-registry/). Tilt finds the registry by the ConfigMap, and pushes changed
# layers to it; without a registry it would load whole images. A second run adds what is missing.
set -euo pipefail
cluster=saucery host=saucery-registry port=5001
node=$cluster-control-plane

if [[ " $(kind get clusters | tr '\n' ' ') " == *" $cluster "* ]]; then
  kind export kubeconfig --name "$cluster"
else
  kind create cluster --name "$cluster" --wait 3m
fi
# The network `kind` exists from the first cluster on.
docker start "$host" 2>/dev/null ||
  docker run --detach --restart unless-stopped --name "$host" --network kind --publish "127.0.0.1:$port:5000" \
    registry:3.0.0

# In the node, localhost is the node itself: containerd asks the registry's container instead.
certs=/etc/containerd/certs.d/localhost:$port
docker exec "$node" mkdir -p "$certs"
docker exec --interactive "$node" cp /dev/stdin "$certs/hosts.toml" <<<"[host.\"http://$host:5000\"]"

docker exec --interactive "$node" kubectl --kubeconfig /etc/kubernetes/admin.conf apply --filename - <<END
apiVersion: v1
kind: ConfigMap
metadata:
  name: local-registry-hosting
  namespace: kube-public
data:
  localRegistryHosting.v1: |
    host: "localhost:$port"
    help: "https://kind.sigs.k8s.io/docs/user/local-registry/"
END
