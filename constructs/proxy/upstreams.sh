#!/bin/sh
# Part of proxy.sh: which containers of a release get requests, and under which addresses.
# shellcheck disable=SC2154 # $volume and $used are proxy.sh's.

# Names become addresses here and not in Nginx: its new workers would know none until their first answer, and a name that
# nobody has for the moment would keep it from starting. Port 9 stands for nobody.
addresses() {
  down=" $(silent "$1") "
  while IFS= read -r line; do
    case $line in
      '  server '*)
        server=${line#  server }
        server=${server%;}
        target=${server%% *}
        options=${server#"$target"}
        case $down in *" $target "*) options="$options down" ;; esac
        # Inside Docker's networks IPv4 is always there; the address of another kind would need brackets.
        if found=$(getent ahostsv4 "${target%:*}"); then
          line="  server ${found%% *}:${target##*:}$options;"
        else
          line="  server 127.0.0.1:9$options;"
        fi
        ;;
    esac
    printf '%s\n' "$line"
  done <"$volume/releases/$1/upstreams.conf"
}

# The health checks of replicas that have others beside them, as curl reads them.
probes() {
  while IFS= read -r url; do
    target=${url#http://}
    # Only servers among several have options.
    if grep -q "^  server ${target%%/*} " "$volume/releases/$1/upstreams.conf"; then
      printf 'url = "%s"\noutput = "/dev/null"\n' "$url"
    fi
  done <"$volume/releases/$1/probes"
}

# Asks the replicas that have others beside them. Nginx itself sees that one hangs only when a client has waited for as
# long as the route allows.
listen_to_replicas() {
  [ -s /tmp/probes ] || return 0
  curl -sZ -m 1 -w '%{http_code} %{url}\n' -K /tmp/probes |
    while read -r status url; do
      target=${url#http://}
      target=${target%%/*}
      case $status in
        [23]*) ;;
        *)
          [ -e "/tmp/silent/$target" ] || echo "$target does not answer: no requests for it while others do" >&2
          touch "/tmp/silent/$target"
          ;;
      esac
    done
  # For a while: one that answers only now and then is of no use, and each change costs a reload.
  find /tmp/silent -type f ! -newermt '5 seconds ago' -printf '%f answers again\n' -delete >&2
}

# Replicas that did not answer, but for those with no other beside them that did.
silent() {
  while read -r word target; do
    target=${target%%[ ;]*}
    case $word in
      upstream) quiet='' others=false ;;
      server) if [ -e "/tmp/silent/$target" ]; then quiet="$quiet $target"; else others=true; fi ;;
      '}') if $others; then printf '%s ' "$quiet"; fi ;;
    esac
  done <"$volume/releases/$1/upstreams.conf"
}
