#!/bin/sh
# Healthy is a broker that lets the application in and answers it.
set -eu
exec mosquitto_sub -h 127.0.0.1 -u floorwalker -P "$MQTT_PASSWORD" -t '$SYS/broker/uptime' -C 1 -W 4 >/dev/null
