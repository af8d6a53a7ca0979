#!/bin/bash
fail() { echo "$1"; exit 1; }
upper=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' box 2>/dev/null) || fail "The container box is gone: start it again."
layer=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' busybox)
[ -f "$layer/etc/group" ] || fail "The image's layer has lost its etc/group."
[ "$(stat -c '%F %t:%T' "$upper/etc/group" 2>/dev/null)" = "character special file 0:0" ] || fail "There is no whiteout for etc/group in the upper folder: the container still has the file."
