#!/bin/bash
fail() { echo "$1"; exit 1; }
made_of=$(docker inspect -f '{{.Image}}' first 2>/dev/null) || fail "There is no container named first yet."
[ "$made_of" = "$(docker image inspect -f '{{.Id}}' busybox)" ] || fail "The container first is not made of busybox: remove it with docker rm first, and run the command again."
[ "$(docker inspect -f '{{.State.ExitCode}}' first)" = 0 ] || fail "The program of the container first has not ended well: docker logs first says more."
