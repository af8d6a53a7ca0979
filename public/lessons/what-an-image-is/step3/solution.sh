#!/bin/bash
set -e
layer=/root/work/image/$(docker image inspect -f '{{index .RootFS.Layers 0}}' busybox | sed 's,:,/,; s,^,blobs/,')
tar xf $layer -O etc/passwd > /root/work/passwd
