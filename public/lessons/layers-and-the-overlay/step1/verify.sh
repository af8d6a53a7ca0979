#!/bin/bash
fail() { echo "$1"; exit 1; }
[ "$(docker inspect -f '{{.State.Status}}' box 2>/dev/null)" = running ] || fail "No container named box is running yet."
