#!/bin/bash
set -e
docker run --name first busybox echo hello
