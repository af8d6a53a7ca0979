#!/bin/bash
set -e
cd /root/work/app
printf 'FROM busybox\nRUN sleep 2 && date > /tools\nCOPY source.txt /source.txt\n' > Dockerfile
docker build -t app .
docker image inspect -f '{{join .RootFS.Layers "\n"}}' app > /root/work/third
