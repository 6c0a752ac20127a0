#!/bin/sh
# The tests of the demo's page need a Chromium. Finds one, installs one, or says what to do.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "No Chromium here: installing it with apt-get (a minute or two) ..."
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq >/dev/null &&
        apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        exit 0
    fi
fi

echo "================================================================================" >&2
echo "NO CHROMIUM: the tests that drive the demo's page in a browser cannot run." >&2
echo "Install one, such as: apt-get install chromium   (or google-chrome)" >&2
echo "================================================================================" >&2
if [ -n "${CI:-}" ]; then
    exit 1 # in CI a missing browser is a failure, not a shorter test
fi
