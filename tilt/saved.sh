#!/bin/sh
# Runs in each pod after Tilt has copied saved files there: replaces the service's process if they are its own. The gateway
# reads the page at its start, so the page is built before.
set -eu
cd "$(dirname "$0")/.."

is_saved() {
  for package; do
    for folder in src generated migrations; do
      folder="packages/$package/$folder"
      # The time of the copy: a file keeps the time at which it was written.
      if [ -d "$folder" ] && [ -n "$(find "$folder" -type f -cnewer .saved/at -print -quit)" ]; then return; fi
    done
  done
  return 1
}

own="$PACKAGE chassis contracts messaging"
if [ "$PACKAGE" = gateway ] && is_saved client web; then
  node --import tsx packages/web/src/build/build.ts
  own="$own client web"
fi
# shellcheck disable=SC2086 # Its words are the names.
if is_saved $own; then
  touch .saved/at
  kill -HUP 1
fi
