#!/bin/bash
# Makes the database cluster on an empty volume. A cluster whose making was interrupted (a pod can be
# deleted at any moment) is made again: it gets its name only when it is whole.
set -euo pipefail

if [[ -e $PGDATA/PG_VERSION ]]; then
  exit
fi
half=$PGDATA.half
rm -rf "$half"
initdb --pgdata "$half" --username postgres --pwfile "$SECRETS/postgres-password" \
  --auth-local peer --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8 --data-checksums \
  --no-instructions
mv --no-target-directory "$half" "$PGDATA"
sync "$(dirname "$PGDATA")"
