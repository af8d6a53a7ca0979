#!/bin/bash
fail() { echo "$1"; exit 1; }
docker image inspect big >/dev/null 2>&1 || fail "There is no image named big yet."
history=$(docker history --no-trunc --format '{{.CreatedBy}}' big)
echo "$history" | grep -q 'rm /BigFile' || fail "The image big was not made with RUN rm /BigFile."
[ "$(docker image inspect -f '{{len .RootFS.Layers}}' big)" -ge 3 ] || fail "The image big should have three layers: one of busybox, one for each RUN."
