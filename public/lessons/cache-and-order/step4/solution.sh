#!/bin/bash
set -e
cd /root/work/app
echo 'version 3' > source.txt
docker build -t app .
docker image inspect -f '{{join .RootFS.Layers "\n"}}' app > /root/work/fourth
