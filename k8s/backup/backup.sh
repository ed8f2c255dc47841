#!/usr/bin/env bash
# Saves the whole platform as of one moment, while it trades: a dump of each database and the engine's
# journal, in a folder of its own.
#
# Who follows a log is looked at before that log, so that after a restore no cursor lies past its log's
# end: audit and market data, then trading, then auth, and the engine's journal last. Each database is held
# at its moment by a transaction that exports its snapshot; the journal only grows, so its moment is up to where
# its last segment is written, and its files are held open: the engine moves what is covered by a snapshot into
# the archive, and removes old snapshots. All moments lie milliseconds apart, however long the copying then takes:
# nobody can open an account, pay in and trade in between, so the journal speaks of no deposit that the dumps lack.
#
# Environment: AUDIT_DATABASE_URL, MARKET_DATA_DATABASE_URL, TRADING_DATABASE_URL, AUTH_DATABASE_URL;
# KEEP_BACKUPS, how many stay. The journal is only read.
refusal="no back-up was made"
. "$(dirname "$0")/common.sh"

databases=(audit market-data trading auth)
declare -A sessions answers snapshots
# A session must outlive the longest copy, whatever the server's own limits say.
export PGOPTIONS='-c idle_in_transaction_session_timeout=0 -c statement_timeout=0'

open_session() {
  local in out
  mkfifo "$work/$1.answers"
  exec {in}> >(exec psql -XAtq -v ON_ERROR_STOP=1 "$(url_of "$1")" >"$work/$1.answers")
  exec {out}<"$work/$1.answers"
  sessions[$1]=$in answers[$1]=$out
}

ask() {
  printf '%s\n' "$2" >&"${sessions[$1]}"
  read -r -t 60 REPLY <&"${answers[$1]}" || give_up "the database $1 did not answer '$2'"
}

[[ -s $data/log_id ]] || give_up "$data holds no journal: is it the engine's volume?"

# One at a time, though a job made by hand may start beside the nightly one. The kernel frees the lock of whoever
# ends, however it ends: so a half that lies here now is of a try that failed.
exec {lock}>>"$backups/.lock"
if ! flock --nonblock "$lock"; then
  say 'waiting for the back-up that is being made'
  flock "$lock"
fi
while read -r -d '' half; do
  say "removing ${half##*/}, which was never finished"
  rm -r "$half"
done < <(find "$backups" -mindepth 1 -maxdepth 1 -type d -name '*.partial' -print0)

for name in "${databases[@]}"; do wait_for_database "$name"; done
for name in "${databases[@]}"; do
  open_session "$name"
  ask "$name" 'SELECT 1;'
done

until final=$backups/$(date -u +%Y%m%dT%H%M%SZ) && [[ ! -e $final ]]; do sleep 0.1; done
target=$final.partial
mkdir -p "$target/journal"

say 'holding the moment'
for name in "${databases[@]}"; do
  ask "$name" 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT pg_export_snapshot();'
  snapshots[$name]=$REPLY
done
held=()
declare -A files sizes
hold() {
  local fd
  if { exec {fd}<"$data/$1"; } 2>>"$work/why"; then
    held+=("$1")
    files[$1]=$fd
  fi # moved into the archive, or removed, since it was listed
}
for path in "$data"/{log_id,readers,unreplayable} "$data"/*.journal "$data"/*.torn-* "$data"/*.snapshot; do
  if [[ -f $path ]]; then hold "${path##*/}"; fi
done
segment=$(printf '%s\n' "${held[@]}" | grep '\.journal$' | tail -n 1)
[[ -n $segment ]] || give_up "$data holds no segment of a journal"
sizes[$segment]=$(perl "$scripts/journal.pl" end "/proc/self/fd/${files[$segment]}")
# Beside the data folder's own files: what was listed there and moved since is held already.
find "$data/archive" -type f -name '*.journal' -printf '%P\n' 2>>"$work/why" | sort >"$work/archive" || true
touch "$work/moment"

say 'copying the journal'
for name in "${held[@]}"; do
  if [[ -n ${sizes[$name]:-} ]]; then
    head -c "${sizes[$name]}" <&"${files[$name]}" >"$target/journal/$name"
  else
    cat <&"${files[$name]}" >"$target/journal/$name"
  fi
done
while read -r path; do # the log's id, then the segment
  [[ ! -e $target/journal/${path##*/} ]] || continue
  mkdir -p "$(dirname "$target/journal/archive/$path")"
  # What is gone by now was older than the log's retention.
  cp "$data/archive/$path" "$target/journal/archive/$path" 2>>"$work/why" || say "$path was deleted meanwhile"
done <"$work/archive"

for name in "${databases[@]}"; do
  say "dumping $name"
  pg_dump --format=custom --no-owner --no-acl --lock-wait-timeout=60s \
    --snapshot="${snapshots[$name]}" --file="$target/$name.dump" "$(url_of "$name")"
done

# Where each reader stood, for whoever looks at the back-up; a restore checks it against the logs.
{
  printf 'moment %s\n' "$(date -u -d "@$(stat -c %Y "$work/moment")" +%FT%TZ)"
  printf 'engine log %s\n' "$(<"$data/log_id")"
  for name in auth trading; do
    ask "$name" "SELECT '$name.events log ' || log_id || ' last ' || (SELECT coalesce(max(sequence), 0) FROM outbox) FROM event_log;"
    printf '%s\n' "$REPLY"
  done
  ask trading "SELECT 'trading settled engine.events to ' || sequence FROM settlement;"
  printf '%s\n' "$REPLY"
  for name in audit market-data; do
    ask "$name" "SELECT '$name read ' || coalesce(string_agg(log || ' to ' || sequence, ', ' ORDER BY log), 'nothing') FROM event_cursor;"
    printf '%s\n' "$REPLY"
  done
} >"$target/manifest.txt"
(cd "$target" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$work/sums"
mv "$work/sums" "$target/SHA256SUMS"

# Only what is whole and on disk gets its name.
find "$target" -print0 | xargs -0 sync
mv "$target" "$final"
sync "$backups"
cat "$final/manifest.txt"
say "saved $(du -sh "$final" | cut -f 1) as ${final##*/}"

mapfile -t old < <(find "$backups" -mindepth 1 -maxdepth 1 -type d -name '*Z' | sort | head -n "-$KEEP_BACKUPS")
for folder in "${old[@]}"; do
  say "removing ${folder##*/}"
  rm -r "$folder"
done
