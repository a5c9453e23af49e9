#!/bin/sh
# Puts each login, /passwords/FILE with NAME:PASSWORD, into a volume as Nginx reads it. It takes a plain password to end at a
# colon. A hash that is made to be slow would be made anew with every request; this one only has to keep a password from
# being read by chance, as nobody but the proxy has the volume.
set -eu
umask 022

cd /passwords
for file in *; do
  login=$(cat "$file")
  hash=$(printf %s "${login#*:}" | openssl dgst -sha1 -binary | openssl base64)
  printf '%s:{SHA}%s\n' "${login%%:*}" "$hash" >"/volume/$file"
done
