#!/bin/bash
fail() { echo "$1"; exit 1; }
docker image inspect busybox >/dev/null 2>&1 || fail "There is no image named busybox here yet: docker pull busybox fetches it."
