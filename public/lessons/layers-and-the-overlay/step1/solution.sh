#!/bin/bash
set -e
docker pull busybox
docker run -d --name box busybox sleep 100000
