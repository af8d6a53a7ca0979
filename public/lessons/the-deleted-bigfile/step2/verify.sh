#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /tmp/found ] || fail "There is no file /tmp/found yet."
size=$(stat -c %s /tmp/found)
[ "$size" = 20000000 ] || fail "/tmp/found has $size bytes; the removed file had 20000000."
docker run --rm big test -e /BigFile && fail "A container of big sees /BigFile: the image is not the one of step 1."
true
