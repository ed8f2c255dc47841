#!/usr/bin/env bash
# Puts a back-up into empty databases and an empty volume of the engine, before the platform is installed on
# them. It changes nothing unless all of them are empty and the back-up is whole.
#
# Environment: the four …_DATABASE_URL, as in backup.sh; BACKUP, the folder's name (default: the newest).
refusal="not restored"
. "$(dirname "$0")/common.sh" # its `data` is the engine's empty volume here

databases=(auth trading market-data audit)

# A cursor past its log's end would mean that the back-up was put together by hand from two.
require_at_most() {
  (($2 <= $3)) || give_up "$1 stands at $2, but its log ends at $3: these are not of one back-up"
}

# Where the restored journal will end. Its last segment is in the data folder, not in the archive.
end_of_journal() {
  local segment
  segment=$(find "$source/journal" -maxdepth 1 -name '*.journal' | sort | tail -n 1)
  [[ -n $segment ]] || give_up "$backup holds no segment of a journal"
  perl "$scripts/journal.pl" last "$segment"
}

backup=${BACKUP:-$(find "$backups" -mindepth 1 -maxdepth 1 -type d -name '*Z' -printf '%f\n' | sort | tail -n 1)}
[[ -n $backup ]] || give_up "there is no back-up at $backups"
source=$backups/$backup
[[ -f $source/SHA256SUMS ]] || give_up "$backup is not a whole back-up: it has no SHA256SUMS"
say "restoring $backup"
(cd "$source" && sha256sum --check --quiet --strict SHA256SUMS) || give_up "$backup is damaged"

found=$(find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found)
[[ -z $found ]] || give_up "the engine's volume is not empty: delete its claim and begin again"
for name in "${databases[@]}"; do
  wait_for_database "$name"
  tables=$(query "$name" "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
  ((tables == 0)) || give_up "the database $name is not empty: it has $tables tables"
done

for name in "${databases[@]}"; do
  say "restoring the database $name"
  pg_restore --no-owner --no-acl --single-transaction --exit-on-error \
    --dbname="$(url_of "$name")" "$source/$name.dump"
done

declare -A ends
ends[engine]=$(end_of_journal)
for log in auth trading; do
  ends[$log]=$(query "$log" 'SELECT coalesce(max(sequence), 0) FROM outbox')
done
for log in "${!ends[@]}"; do
  for reader in market-data audit; do
    cursor=$(query "$reader" "SELECT coalesce(max(sequence), 0) FROM event_cursor WHERE log = '$log.events'")
    require_at_most "$reader in $log.events" "$cursor" "${ends[$log]}"
  done
done
require_at_most 'settlement in engine.events' "$(query trading 'SELECT sequence FROM settlement')" "${ends[engine]}"

say 'restoring the journal'
cp -r "$source"/journal/. "$data/"
find "$data" -name lost+found -prune -o -print0 | xargs -0 sync
say "restored $backup: install the platform now, then verify it"
