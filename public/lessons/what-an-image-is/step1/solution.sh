#!/bin/bash
set -e
docker pull busybox
