#!/bin/sh
# Event Grid refuses a function that does not answer, so events are connected when the app is deployed.
set -eu

tries=30
until az functionapp function show --resource-group "$AZURE_RESOURCE_GROUP" \
  --name "$PORTCULLIS_FUNCTION_APP" --function-name resource-changed --output none 2>/dev/null; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "✗ resource-changed is not there after five minutes" >&2
    echo "  next: \"az functionapp function list\" shows what is; the log stream of $PORTCULLIS_FUNCTION_APP says why" >&2
    exit 1
  fi
  sleep 10
done

if [ "${PORTCULLIS_CONNECT_EVENTS:-false}" != true ]; then
  azd env set PORTCULLIS_CONNECT_EVENTS true
  azd provision --no-prompt
fi
