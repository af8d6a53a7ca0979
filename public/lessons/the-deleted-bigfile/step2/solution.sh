#!/bin/bash
set -e
docker save big -o /tmp/big.tar
mkdir -p /tmp/big
tar xf /tmp/big.tar -C /tmp/big
layer=$(docker image inspect -f '{{index .RootFS.Layers 1}}' big)
tar xf /tmp/big/blobs/sha256/${layer#sha256:} -O BigFile > /tmp/found
