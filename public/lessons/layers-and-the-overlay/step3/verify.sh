#!/bin/bash
fail() { echo "$1"; exit 1; }
upper=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' box 2>/dev/null) || fail "The container box is gone: start it again."
layer=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' busybox)
[ -f "$upper/etc/passwd" ] || fail "etc/passwd has not been copied up: the container has not changed it yet."
cmp -s "$upper/etc/passwd" "$layer/etc/passwd" && fail "etc/passwd was copied up, but it still says the same as the image's."
true
