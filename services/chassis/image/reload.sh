#!/bin/sh
# reload.sh PACKAGE COMMAND: runs a service from its sources, anew whenever one of them changes.
# What ends by itself (migrate, verify) runs once.
set -eu

# The root file system is read-only in a cluster: there, what changes lies in a volume.
sources=/app
if [ -w "${LIVE:-/live}" ]; then
    cp -R /app/. "${LIVE:-/live}"
    sources=${LIVE:-/live}
    PYTHONPATH=$(echo "$PYTHONPATH" | sed "s|/app/|$sources/|g")
    export PYTHONPATH
fi

case $2 in
serve | worker) exec watchfiles --filter python --sigint-timeout 10 "python -m $*" "$sources" ;;
*) exec python -m "$@" ;;
esac
