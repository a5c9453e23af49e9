/**
 * Bash that changes one bit of a file of a run: in the middle of its content, or of the folder that says where that is.
 * Runs where the repository is mounted.
 *
 * @param tag of the file's snapshot, `manifest` or `part-<name>`
 */
export function damage(run: string, tag: string, where: "content" | "folder"): string {
  return `
set -euo pipefail
ask() { restic --repo /repository --password-file /run/secrets/repository-password --no-cache --no-lock "$@"; }
blob=$(ask snapshots --json --tag run-${run},${tag} | jq --raw-output '.[0].tree')
if [ ${where} = content ]; then blob=$(ask cat blob "$blob" | jq --raw-output '.nodes[0].content | .[length / 2 | floor]'); fi
for index in $(ask list index); do ask cat index "$index"; done | jq --raw-output --arg blob "$blob" \\
  '.packs[] | .id as $pack | .blobs[] | select(.id == $blob) | "\\($pack) \\(.offset + .length / 2 | floor)"' >/tmp/places
read -r pack at </tmp/places
file=/repository/data/\${pack:0:2}/$pack
chmod u+w "$file"
byte=$(od -An -tu1 -j "$at" -N 1 "$file")
printf "\\\\x$(printf %x $((byte ^ 1)))" | dd of="$file" bs=1 seek="$at" conv=notrunc status=none`;
}
