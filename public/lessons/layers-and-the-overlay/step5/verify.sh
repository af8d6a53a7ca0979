#!/bin/bash
fail() { echo "$1"; exit 1; }
grep -q ' /tmp/o/merged overlay ' /proc/mounts || fail "No overlay is mounted at /tmp/o/merged yet."
[ -f /tmp/o/lower/b ] || fail "b is gone from the lower folder: remove it in /tmp/o/merged, not there."
[ "$(stat -c '%F' /tmp/o/upper/b 2>/dev/null)" = "character special file" ] || fail "There is no whiteout for b yet: remove it in /tmp/o/merged."
[ "$(cat /tmp/o/upper/c 2>/dev/null)" = three ] || fail "The upper folder has no file c that says three yet."
