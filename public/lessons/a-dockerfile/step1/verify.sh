#!/bin/bash
fail() { echo "$1"; exit 1; }
docker image inspect greet >/dev/null 2>&1 || fail "There is no image named greet yet."
[ "$(docker image inspect -f '{{json .Config.Cmd}}' greet)" = '["echo","hello"]' ] || fail "The config of greet says to run $(docker image inspect -f '{{json .Config.Cmd}}' greet), not echo hello."
[ "$(docker run --rm greet)" = hello ] || fail "A container of greet does not say hello."
