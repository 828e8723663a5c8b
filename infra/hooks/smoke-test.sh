#!/bin/sh
# Looks whether what was deployed works, from its door to a verdict: docs/deploy.md. The keys go
# from one command to the other and are printed nowhere.
set -eu

az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name "$PORTCULLIS_FUNCTION_APP" --output json |
  npm run -s smoke-test -- --address "$PORTCULLIS_ADDRESS" --subscription "$PORTCULLIS_AUDITED_SUBSCRIPTION"
