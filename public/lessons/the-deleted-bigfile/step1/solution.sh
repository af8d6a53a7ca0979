#!/bin/bash
set -e
mkdir -p /root/work/big
cd /root/work/big
printf 'FROM busybox\nRUN dd if=/dev/zero of=/BigFile bs=1000000 count=20\nRUN rm /BigFile\n' > Dockerfile
docker build -t big .
