# shellcheck shell=bash
# Files and folders as they are: uploads, certificates, configuration. restic reads them itself.

# What a restore in place makes inside each folder.
readonly BESIDE='.restored-20[0-9]*' BEFORE='.before-20[0-9]*'

engine_connect() { :; }
engine_open() { :; }
engine_version() { restic version; }

engine_parts() {
  printf 'files\tfiles\n'
}

# Instead of a dump: restic's exit code 3 means that it could not read something, and then it is no backup.
store_part() {
  local id path code=0
  local -a exclude=()
  for path in $FILES; do
    [[ -e $path ]] || fail "$DUMP_FAILED" "there is no $path; no backup was made"
    exclude+=(--exclude "$path/$BESIDE" --exclude "$path/$BEFORE")
  done
  # Several paths in one variable.
  # shellcheck disable=SC2086
  repository local backup --json --quiet --host "$NAME" --tag "run-$RUN_ID,engine-files,part,part-files" \
    "${exclude[@]}" $FILES >"$WORK/files.json" || code=$?
  if ((code == 3)); then
    cp "$WORK/restic.err" "$WORK/dump.err"
    echo 1 >"$WORK/dump.status"
  fi
  ((code == 0)) || return "$code"
  cat "$WORK/files.json"
  id=$(jq --raw-output 'select(.message_type == "summary") | .snapshot_id' "$WORK/files.json")
  repository local ls --json --no-lock "$id" | listed_sums >"$WORK/sums/files" || return
  printf 'time\t%s\n' "$(date +%s)" >>"$WORK/sums/files"
}

# Names and sizes of the files below each folder. Their contents need no sum here: restic's names of its pieces are
# their sums, and `restic restore --verify` compares what it has written with them.
listed_sums() {
  jq --raw-output 'select(.struct_type == "node" and .type == "file") | "\(.path)\t\(.size // 0)"' | folder_sums
}

# On the disk: a list of millions of files is larger than what there is of memory. In a condition, a command that fails
# does not end a function by itself, and the sums would be of fewer files.
folder_sums() {
  local folder sum
  comparable_names | LC_ALL=C sort --temporary-directory "$SCRATCH" >"$SCRATCH/files" || return
  for folder in $FILES; do
    sum=$(awk -v start="$folder/" 'index($0, start) == 1' "$SCRATCH/files" | tee "$SCRATCH/folder" | sha256sum) || return
    printf 'table\t%s\t%s\t%s\n' "$folder" "$(wc -l <"$SCRATCH/folder")" "${sum%% *}"
  done
}

# A name may be any bytes, but restic's JSON has a replacement character for each that is not UTF-8. To iconv that is only
# what UTF-16 can't say either.
comparable_names() {
  { iconv -c -f UTF-8 -t UTF-16LE || (($? == 1)); } | iconv -f UTF-16LE -t UTF-8 | LC_ALL=C sed 's/\xEF\xBF\xBD//g'
}

engine_scratch_start() { :; }

scratch_name() {
  printf '%s/data' "$SCRATCH"
}

# engine_restore _ _ TARGET: a path gets every file below it with its whole path; a name goes inside each folder.
engine_restore() {
  local id
  id=$(jq --raw-output '.parts[0].id' <<<"$RUN")
  if [[ $3 == /* ]]; then
    repository "$WHICH" restore --no-lock --verify --quiet --target "$3" "$id" >/dev/null
  else
    each_folder restore_inside "$3" "$id"
  fi
}

restore_inside() {
  repository "$WHICH" restore --no-lock --verify --quiet --target "$1/$2" "$3:$1" >/dev/null
}

engine_sums() {
  if [[ $1 == /* ]]; then
    (cd "$1" && find . -type f -printf '/%P\t%s\n')
  else
    each_folder list_inside "$1"
  fi | folder_sums
}

list_inside() {
  (cd "$1/$2" && find . -type f -printf "$1/%P\t%s\n")
}

# In place, the names are of folders inside each folder: on the same disk, so that moving is only renaming.
engine_beside() {
  printf '.restored-%s' "$2"
}

engine_before() {
  printf '.before-%s' "$2"
}

each_folder() {
  local folder
  for folder in $FILES; do "$1" "$folder" "${@:2}"; done
}

engine_exists() {
  [[ -e $1 ]]
}

engine_drop() {
  if [[ $1 == /* ]]; then remove_tree "$1"; else each_folder drop_inside "$1"; fi
}

drop_inside() {
  remove_tree "${1:?}/${2:?}"
}

engine_swap() {
  each_folder swap_folder "$2" "$3"
}

# A folder whose old entries are all away has a .before- folder without "partial" in its name.
swap_folder() {
  [[ -d $1/$2 ]] || return 0
  if [[ ! -d $1/$3 ]]; then
    mkdir -p "$1/$3.partial"
    move_all "$1" "$1/$3.partial" ! -name "$BESIDE" ! -name "$BEFORE"
    mv "$1/$3.partial" "$1/$3"
  fi
  move_all "$1/$2" "$1"
  rmdir "$1/$2"
}

# move_all FROM TO TEST…: the entries of a folder.
move_all() {
  local entry mode from=$1 to=$2
  shift 2
  find "$from" -mindepth 1 -maxdepth 1 "$@" \( ! -type d -o -writable \) -exec mv -t "$to" {} +
  # The entry ".." of what is left changes with its place, which takes the right to write.
  find "$from" -mindepth 1 -maxdepth 1 "$@" -print0 >"$SCRATCH/entries"
  while IFS= read -r -d '' -u 3 entry; do
    mode=$(stat --format %a "$entry")
    chmod u+w "$entry"
    mv -t "$to" "$entry"
    chmod "$mode" "$to/${entry##*/}"
  done 3<"$SCRATCH/entries"
}
