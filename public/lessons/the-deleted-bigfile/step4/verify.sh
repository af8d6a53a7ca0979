#!/bin/bash
fail() { echo "$1"; exit 1; }
size() { docker image inspect -f '{{.Size}}' "$1" 2>/dev/null; }
[ -n "$(size small)" ] || fail "There is no image named small yet."
docker history --no-trunc --format '{{.CreatedBy}}' small | grep -q 'BigFile' || fail "The image small never had a BigFile: that would be too easy."
[ "$(size small)" -lt 3000000 ] || fail "The image small has $(size small) bytes: the file is still in one of its layers."
