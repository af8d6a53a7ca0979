#!/bin/bash
set -e
cd /root/work
docker save busybox -o busybox.tar
mkdir -p image
tar xf busybox.tar -C image
