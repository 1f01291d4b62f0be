#!/bin/sh
# Runs once, when the volume is empty: an owner for migrations, the role the application connects as, and Temporal's own databases.
# floorwalker_app owns nothing and cannot bypass row level security; the migrations find it and only grant to it.
set -eu

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner_password="$FLOORWALKER_OWNER_PASSWORD" \
  -v app_password="$FLOORWALKER_APP_PASSWORD" \
  -v temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role floorwalker_owner login nosuperuser nobypassrls password :'owner_password';
create role floorwalker_app login nosuperuser nobypassrls password :'app_password';
create role temporal login nosuperuser password :'temporal_password';
create database floorwalker owner floorwalker_owner;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database floorwalker, temporal, temporal_visibility from public;
grant connect on database floorwalker to floorwalker_app;
SQL
