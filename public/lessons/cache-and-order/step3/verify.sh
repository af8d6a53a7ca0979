#!/bin/bash
fail() { echo "$1"; exit 1; }
[ "$(docker history --format '{{.CreatedBy}}' app | cut -d ' ' -f 1 | head -n 2 | xargs)" = "COPY RUN" ] || fail "In app, COPY still comes before RUN. Was it built after the change?"
[ "$(cat /root/work/third 2>/dev/null)" = "$(docker image inspect -f '{{join .RootFS.Layers "\n"}}' app)" ] || fail "/root/work/third does not list the layers that app has now."
