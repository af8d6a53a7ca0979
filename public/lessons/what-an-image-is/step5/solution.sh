#!/bin/bash
set -e
echo config > /root/work/id-is-of
