#!/bin/sh
# Puts a certificate and its key, /pair/fullchain.pem and /pair/key, into a volume as the one file that the proxy takes:
# only if they belong together.
#
#   pair.sh SECRET    its name, for the error
set -eu
# Readable for every user of the containers that mount the volume, and for root on the host.
umask 022

case $(cat /pair/key) in
  *-----BEGIN*) cp /pair/key /pair/key.pem ;;
  *) base64 -d /pair/key >/pair/key.pem 2>/dev/null || true ;;
esac
if ! public=$(openssl pkey -in /pair/key.pem -passin pass: -pubout 2>/dev/null); then
  # shellcheck disable=SC2016
  printf 'secret %s is no private key; set it to what `openssl base64 -A -in <key file>` prints\n' "$1"
  exit 1
fi
if [ "$public" != "$(openssl x509 -in /pair/fullchain.pem -noout -pubkey)" ]; then
  echo "the certificate does not match its key, the secret $1; what was served before still is"
  exit 1
fi
{
  cat /pair/key.pem
  echo
  cat /pair/fullchain.pem
} >/volume/.files.pem
mv /volume/.files.pem /volume/files.pem
