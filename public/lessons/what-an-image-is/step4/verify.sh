#!/bin/bash
fail() { echo "$1"; exit 1; }
[ -f /root/work/command ] || fail "There is no file /root/work/command yet."
wanted=$(docker image inspect -f '{{join .Config.Cmd " "}}' busybox)
found=$(tr -d ' "\n' </root/work/command)
[ "$found" = "$wanted" ] || fail "/root/work/command says '$found'; that is not what stands behind Cmd."
