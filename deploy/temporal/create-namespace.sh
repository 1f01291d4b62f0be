#!/bin/sh
# History is kept for a week: evidence and audit live in Postgres and the object store, and last longer there.
set -eu

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "Namespace $TEMPORAL_NAMESPACE is there already."
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d
fi
