#!/bin/sh
# reload.sh PACKAGE COMMAND: runs a service from its sources, anew whenever one of them changes.
set -eu
exec watchfiles --filter python --sigint-timeout 10 "python -m $*" /app
