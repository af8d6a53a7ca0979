#!/bin/bash
set -e
cd /root/work/greet
sed -i '/^CMD/i ENV NAME=you' Dockerfile
sed -i '/^CMD/i WORKDIR /data' Dockerfile
docker build -t greet .
