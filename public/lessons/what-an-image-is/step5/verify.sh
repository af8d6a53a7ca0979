#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/id-is-of ] || fail "There is no file /root/work/id-is-of yet."
id=$(docker image inspect -f '{{.Id}}' busybox)
sum=$(sha256sum "/root/work/image/blobs/sha256/${id#sha256:}" | cut -d ' ' -f 1)
[ "sha256:$sum" = "$id" ] || fail "The blob named as the image is not what docker save wrote: take the image apart again."
grep -q "\"Config\":\"blobs/sha256/$sum\"" /root/work/image/manifest.json || fail "manifest.json is not the one that docker save wrote."
found=$(tr -d ' \n' </root/work/id-is-of)
[ "$found" = config ] || fail "You say that the ID is the checksum of: '$found'. Look at manifest.json: which blob has that name?"
