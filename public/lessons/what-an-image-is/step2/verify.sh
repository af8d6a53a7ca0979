#!/bin/bash
fail() { echo "$1"; exit 1; }
id=$(docker image inspect -f '{{.Id}}' busybox) || fail "The image busybox is gone: pull it again."
[ -d /root/work/image ] || fail "There is no folder /root/work/image yet."
[ -f /root/work/image/manifest.json ] || fail "/root/work/image has no manifest.json: has the archive been taken out into it?"
[ -f "/root/work/image/blobs/sha256/${id#sha256:}" ] || fail "/root/work/image does not hold the image busybox that is here."
