#!/bin/bash
fail() { echo "$1"; exit 1; }
docker history --no-trunc --format '{{.CreatedBy}}' greet | grep -q '^RUN.*/data/built' || fail "The history of greet names no RUN that writes /data/built."
first=$(docker run --rm greet cat /data/built 2>/dev/null) || fail "There is no file /data/built in the image."
[ -n "$first" ] || fail "/data/built is empty."
