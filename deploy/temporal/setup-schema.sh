#!/bin/sh
# Brings both of Temporal's databases to the schema of this version; harmless when they already are. SQL_PASSWORD is read by the tool.
set -eu

for database in temporal temporal_visibility; do
  schema=temporal
  [ "$database" = temporal_visibility ] && schema=visibility
  sql="temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database $database"
  $sql setup-schema --version 0.0
  $sql update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
