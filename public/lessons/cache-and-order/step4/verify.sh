#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/fourth ] || fail "There is no file /root/work/fourth yet."
[ "$(cat /root/work/fourth)" = "$(docker image inspect -f '{{join .RootFS.Layers "\n"}}' app)" ] || fail "/root/work/fourth does not list the layers that app has now."
layer() { sed -n "$2p" "/root/work/$1"; }
[ "$(layer third 2)" = "$(layer fourth 2)" ] || fail "The layer of RUN was made anew: it must come before COPY, and its line must stay as it was."
[ "$(layer third 3)" != "$(layer fourth 3)" ] || fail "The layer of COPY is the same as before: source.txt has not changed."
