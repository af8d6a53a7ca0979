#!/bin/bash
set -e
cd /root/work/greet
echo 'Good morning' > greeting.txt
printf 'FROM busybox\nCOPY greeting.txt /greeting.txt\nCMD ["cat", "/greeting.txt"]\n' > Dockerfile
docker build -t greet .
