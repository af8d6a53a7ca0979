#!/bin/bash
set -e
docker exec box rm /etc/group
