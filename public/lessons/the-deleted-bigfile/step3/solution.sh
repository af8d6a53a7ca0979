#!/bin/bash
set -e
layer=$(docker image inspect -f '{{index .RootFS.Layers 2}}' big)
tar tf /tmp/big/blobs/sha256/${layer#sha256:} > /root/work/mark
