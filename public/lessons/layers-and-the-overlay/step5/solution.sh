#!/bin/bash
set -e
mkdir -p /tmp/o/lower /tmp/o/upper /tmp/o/work /tmp/o/merged
echo one > /tmp/o/lower/a
echo two > /tmp/o/lower/b
mount -t overlay overlay -o lowerdir=/tmp/o/lower,upperdir=/tmp/o/upper,workdir=/tmp/o/work /tmp/o/merged
rm /tmp/o/merged/b
echo three > /tmp/o/merged/c
