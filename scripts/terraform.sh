#!/bin/sh
# Terraform for cdktf: TERRAFORM_BINARY_NAME=$PWD/scripts/terraform.sh
#
# cdktf reads Terraform's output from a terminal of its own, and what it has not read when Terraform ends is lost: with a
# long plan that is the end, where the errors are. This holds the terminal open for a moment after a failure.
# PORTOLAN_TERRAFORM names another binary, like tofu.

# OpenTofu warns of a configuration that is not there in the middle of its JSON, which cdktf then cannot read.
[ -z "${TF_CLI_CONFIG_FILE-}" ] || [ -e "$TF_CLI_CONFIG_FILE" ] || unset TF_CLI_CONFIG_FILE

"${PORTOLAN_TERRAFORM:-terraform}" "$@"
code=$?
[ "$code" -eq 0 ] || sleep 1
exit "$code"
