#!/bin/sh
# A database for each service that owns one, and a role that may use that one alone. Run by
# PostgreSQL's image when it makes a new cluster.
set -eu
for name in auth trading market_data audit; do
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username postgres \
    --set name="$name" --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
