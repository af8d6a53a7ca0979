#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/mark ] || fail "There is no file /root/work/mark yet."
layer=$(docker image inspect -f '{{index .RootFS.Layers 2}}' big) || fail "The image big is gone: build it again."
names=$(docker save big | tar xO "blobs/sha256/${layer#sha256:}" | tar t)
[ "$(tr -d ' \n' </root/work/mark)" = "$names" ] || fail "/root/work/mark says '$(head -n 1 /root/work/mark)'; the third layer's archive says otherwise."
