#!/bin/bash
set -e
docker exec box sh -c 'echo hello > /note'
