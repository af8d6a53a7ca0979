#!/bin/bash
fail() { echo "$1"; exit 1; }
docker image inspect -f '{{join .Config.Env "|"}}' greet | grep -q '|NAME=.' || fail "The config of greet has no NAME in its environment."
found=$(docker image inspect -f '{{.Config.WorkingDir}}' greet)
[ "$found" = /data ] || fail "Commands in greet start in '${found:-/}', not in /data."
[ -n "$(docker run --rm greet sh -c 'echo $NAME')" ] || fail "A program in greet does not see NAME."
