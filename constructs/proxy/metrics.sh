#!/bin/sh
# Part of proxy.sh and of acme.sh: files in the environment's volume of metrics, where others may write too.
# shellcheck disable=SC2154 # $proxy is set in front of this, or in what this stands in front of.

# A new file for metrics of a kind, which nobody can have made a link of before: what is written would land elsewhere.
new_metrics() {
  mktemp "/metrics/.$proxy-$1.XXXXXX"
}

# Puts it into its place for a node exporter, which runs as another user. Not into a folder that a link there leads to, and
# nothing ends because somebody else has taken the place.
put_metrics() {
  chmod 644 "$1"
  mv -T "$1" "/metrics/$proxy-$2.prom" || rm -f "$1"
}
