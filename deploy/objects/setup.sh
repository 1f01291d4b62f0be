#!/bin/sh
# Gives the application a key of its own that cannot lift a retention or remove a bucket: root ignores such denials.
set -eu

export MC_CONFIG_DIR=/tmp/mc
mc --quiet alias set store "${OBJECTS_URL:-http://objects:9000}" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"
mc --quiet admin policy create store floorwalker "$(dirname "$0")/policy.json"
mc --quiet admin user add store "$S3_ACCESS_KEY" "$S3_SECRET_KEY"
mc --quiet admin policy attach store floorwalker --user "$S3_ACCESS_KEY"
