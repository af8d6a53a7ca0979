#!/bin/bash
fail() { echo "$1"; exit 1; }
layers=$(docker image inspect -f '{{join .RootFS.Layers "\n"}}' app 2>/dev/null) || fail "There is no image named app yet."
[ "$(docker history --format '{{.CreatedBy}}' app | cut -d ' ' -f 1 | head -n 2 | xargs)" = "RUN COPY" ] || fail "The image app is not made of FROM, then COPY, then RUN."
[ "$(cat /root/work/first 2>/dev/null)" = "$layers" ] || fail "/root/work/first does not list the layers of app."
