#!/bin/bash
set -e
mkdir -p /root/work/small
cd /root/work/small
printf 'FROM busybox\nRUN dd if=/dev/zero of=/BigFile bs=1000000 count=20 && rm /BigFile\n' > Dockerfile
docker build -t small .
