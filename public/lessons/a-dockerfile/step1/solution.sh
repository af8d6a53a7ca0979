#!/bin/bash
set -e
mkdir -p /root/work/greet
cd /root/work/greet
printf 'FROM busybox\nCMD ["echo", "hello"]\n' > Dockerfile
docker build -t greet .
