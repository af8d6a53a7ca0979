#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/second ] || fail "There is no file /root/work/second yet."
[ "$(cat /root/work/second)" = "$(docker image inspect -f '{{join .RootFS.Layers "\n"}}' app)" ] || fail "/root/work/second does not list the layers that app has now."
layer() { sed -n "$2p" "/root/work/$1"; }
[ "$(layer first 2)" != "$(layer second 2)" ] || fail "The layer of COPY is the same as before: source.txt has not changed."
[ "$(layer first 3)" != "$(layer second 3)" ] || fail "The layer of RUN is the same as before."
