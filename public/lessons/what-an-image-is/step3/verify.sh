#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/passwd ] || fail "There is no file /root/work/passwd yet."
layer=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' busybox)
[ -s /root/work/passwd ] || fail "/root/work/passwd is empty: tar wrote nothing into it."
cmp -s /root/work/passwd "$layer/etc/passwd" || fail "/root/work/passwd is another file than the image's etc/passwd."
