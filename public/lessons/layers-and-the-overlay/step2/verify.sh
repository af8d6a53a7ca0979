#!/bin/bash
fail() { echo "$1"; exit 1; }
upper=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' box 2>/dev/null) || fail "The container box is gone: start it again."
layer=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' busybox)
[ -f "$upper/note" ] || fail "The container's upper folder has no file named note yet."
[ ! -e "$layer/note" ] || fail "note is in the image's layer, where it should not be."
