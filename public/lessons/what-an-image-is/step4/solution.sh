#!/bin/bash
set -e
echo sh > /root/work/command
