# shellcheck shell=bash
# What proves a repository is done to the one here and the one offsite by turns: each alone could rot unnoticed.

# turn_of WHAT: the place that was last looked at by turns.
turn_of() {
  if [[ -n $OFFSITE_REPOSITORY && $(recall "$1_place") == offsite ]]; then echo offsite; else echo local; fi
}

# take_turn WHAT: with --in-turn, chooses the other place, once there was a verdict on this one.
take_turn() {
  [[ ${STEP:-} == in-turn ]] || return 0
  WHICH=$(turn_of "$1")
  if [[ -n $OFFSITE_REPOSITORY && -n $(recall "$1_place") ]] && came_to_a_verdict "$(recall "$(exit_code_of "$1")")"; then
    if [[ $WHICH == local ]]; then WHICH=offsite; else WHICH=local; fi
  fi
  remember "$1_place" "$WHICH"
}

# of_place NAME: under which a value of the chosen place is remembered.
of_place() {
  if [[ ${WHICH:-local} == offsite ]]; then printf 'offsite_%s' "$1"; else printf '%s' "$1"; fi
}
