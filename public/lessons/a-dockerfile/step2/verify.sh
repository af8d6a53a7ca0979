#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/greet/greeting.txt ] || fail "There is no file /root/work/greet/greeting.txt yet."
[ "$(docker image inspect -f '{{len .RootFS.Layers}}' greet)" -gt 1 ] || fail "greet has one layer still: nothing has been copied into it."
docker history --no-trunc --format '{{.CreatedBy}}' greet | grep -q '^COPY' || fail "The history of greet names no COPY."
[ "$(docker run --rm greet)" = "$(cat /root/work/greet/greeting.txt)" ] || fail "A container of greet does not print what is in greeting.txt. Was it built after the last change?"
