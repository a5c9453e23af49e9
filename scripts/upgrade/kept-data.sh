# Runs in a container with two volumes: /data, a server's, and /kept, where its data are put aside. What was done is a file in
# /kept. Each verb may be interrupted anywhere and done again, and nothing goes before a copy was compared with it.
#
#   room        how many KiB the data take, and how many are free
#   done        what was done, one a line
#   note FILE   as done
#   put-aside   moves /data to /kept/data
#   bring-back  copies /kept/data to /data, in the place of what is there
set -eu

room() {
  du -sk /data | cut -f 1
  df --block-size=1K --output=avail /data | tail -n 1
}

is_done() { [ -e "/kept/done/$1" ]; }

note() {
  mkdir -p /kept/done
  : >"/kept/done/$1"
  sync
}

put_aside() {
  if is_done put-aside; then return; fi
  if [ ! -d /kept/data ]; then
    copy /data /kept/partial
    mv /kept/partial /kept/data
    sync
  fi
  empty /data
  note put-aside
}

bring_back() {
  if is_done bring-back; then return; fi
  copy /kept/data /data
  note bring-back
}

# copy FROM TO: in the place of what is in TO; fails unless both are the same then.
copy() {
  mkdir -p "$2"
  empty "$2"
  cp --archive --reflink=auto "$1/." "$2"
  (cd "$1" && find . -type f -exec sha256sum {} +) >/kept/sums
  if [ -s /kept/sums ]; then (cd "$2" && sha256sum --check --quiet) </kept/sums; fi
  sync
}

empty() {
  find "$1" -mindepth 1 -delete
}

case $1 in
  room) room ;;
  done) if [ -d /kept/done ]; then ls /kept/done; fi ;;
  note) note "$2" ;;
  put-aside) put_aside ;;
  bring-back) bring_back ;;
esac
