# shellcheck shell=bash
# What proves a repository is done to the one here and the one offsite by turns: each alone could rot unnoticed.

# take_turn WHAT: with --in-turn, chooses the place that was not looked at the last time.
take_turn() {
  [[ ${STEP:-} == in-turn ]] || return 0
  if [[ -n $OFFSITE_REPOSITORY && $(recall "$1_place") == local ]]; then WHICH=offsite; fi
  remember "$1_place" "$WHICH"
}

# of_place NAME: under which a value of the chosen place is remembered.
of_place() {
  if [[ $WHICH == offsite ]]; then printf 'offsite_%s' "$1"; else printf '%s' "$1"; fi
}
