#!/bin/sh
# Event Grid refuses a function that does not answer, so events are connected when the app is deployed.
set -eu

tries=30
until az functionapp function show --resource-group "$AZURE_RESOURCE_GROUP" \
  --name "$PORTCULLIS_FUNCTION_APP" --function-name resource-changed --output none 2>/dev/null; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "resource-changed is not there after five minutes; see the log stream of $PORTCULLIS_FUNCTION_APP" >&2
    exit 1
  fi
  sleep 10
done

if [ "${PORTCULLIS_CONNECT_EVENTS:-false}" != true ]; then
  azd env set PORTCULLIS_CONNECT_EVENTS true
  azd provision --no-prompt
fi

if health=$(curl --fail --silent --show-error --max-time 60 --retry 5 --retry-all-errors "$PORTCULLIS_ADDRESS/api/health"); then
  echo "✓ $PORTCULLIS_ADDRESS is well: $health"
else
  echo "✗ $PORTCULLIS_ADDRESS/api/health does not say that all is well; docs/runbook.md says what to look at" >&2
  exit 1
fi
