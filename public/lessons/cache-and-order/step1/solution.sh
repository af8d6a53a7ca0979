#!/bin/bash
set -e
mkdir -p /root/work/app
cd /root/work/app
echo 'version 1' > source.txt
printf 'FROM busybox\nCOPY source.txt /source.txt\nRUN sleep 2 && date > /tools\n' > Dockerfile
docker build -t app .
docker image inspect -f '{{join .RootFS.Layers "\n"}}' app > /root/work/first
