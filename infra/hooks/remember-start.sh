#!/bin/sh
# A budget keeps the first day that it was made with, so that day is chosen once.
set -eu
if [ -z "${PORTCULLIS_BUDGET_START:-}" ]; then
  azd env set PORTCULLIS_BUDGET_START "$(date -u +%Y-%m-01)"
fi
