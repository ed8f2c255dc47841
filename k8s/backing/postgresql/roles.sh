#!/bin/bash
# A database for each service and a role that owns it and may enter no other, with the passwords of
# the Secret. Runs at every start, before anybody is let in, and changes nothing that is right
# already: so a new password needs a new Secret and a restart, and a fifth database one more line.
set -euo pipefail

until pg_isready --quiet --host 127.0.0.1; do
  sleep 0.2
done

# psql reads the passwords itself: on a command line anybody in the pod could see them.
psql --username postgres --dbname postgres --no-psqlrc --quiet \
  --set ON_ERROR_STOP=1 --set secrets="$SECRETS" <<'SQL'
SET password_encryption = 'scram-sha-256';
\set file :secrets /postgres-password
\set password `cat :file`
ALTER ROLE postgres PASSWORD :'password';
SQL

service() { # DATABASE SECRET-KEY
  psql --username postgres --dbname postgres --no-psqlrc --quiet \
    --set ON_ERROR_STOP=1 --set name="$1" --set file="$SECRETS/$2" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'name')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
\set password `cat :file`
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

service auth auth-database-password
service trading trading-database-password
service market_data market-data-database-password
service audit audit-database-password
