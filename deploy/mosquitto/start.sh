#!/bin/sh
# The password comes from the environment at every start, so that changing it needs no more than a restart.
set -eu

umask 077
: "${MQTT_PASSWORD:?set MQTT_PASSWORD}"
mosquitto_passwd -b -c /mosquitto/data/passwords floorwalker "$MQTT_PASSWORD"
exec mosquitto -c /floorwalker/mosquitto.conf
