# shellcheck shell=bash disable=SC2034 # used by those who source it
# What backup.sh and restore.sh share; `refusal` is what their refusals begin with.
set -euo pipefail
umask 077
backups=${BACKUPS_DIR:-/backups}
data=${DATA_DIR:-/data}
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
export PGCONNECT_TIMEOUT=5

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
give_up() {
  say "$refusal: $*" >&2
  exit 1
}
url_of() {
  local variable=${1//-/_}
  variable=${variable^^}_DATABASE_URL
  printf %s "${!variable}"
}
query() { psql -XAtq -v ON_ERROR_STOP=1 -c "$2" "$(url_of "$1")"; }

# A network policy binds a moment after the pod starts; until then connections may be refused.
wait_for_database() {
  local deadline=$((SECONDS + ${DATABASE_WAIT_S:-60}))
  until query "$1" 'SELECT' >"$work/why" 2>&1; do
    ((SECONDS < deadline)) || give_up "the database $1 does not answer: $(tail -n 1 "$work/why")"
    sleep 1
  done
}
