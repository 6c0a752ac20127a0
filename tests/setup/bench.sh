#!/bin/sh
# The benchmark takes its load from wrk, runs beside Alertmanager, and makes a disk slow with what
# a C compiler makes. Finds them, installs what is missing, or leaves it to the benchmark to say what
# it could not measure.
set -eu

missing=""
command -v wrk >/dev/null 2>&1 || missing="wrk"
command -v prometheus-alertmanager >/dev/null 2>&1 || command -v alertmanager >/dev/null 2>&1 ||
    missing="$missing prometheus-alertmanager"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"

if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing with apt-get:$missing (once; no service is started) ..."
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    apt-get update -qq >/dev/null || true
    for name in $missing; do # one that cannot be had must not keep the other away
        apt-get install -y -qq --no-install-recommends "$name" >/dev/null || true
    done
fi
