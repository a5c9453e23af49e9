# shellcheck shell=bash
# Cron's five fields, read backwards: when should it last have been? Whoever asks that, and not "is it now?", misses no time
# by sleeping through it, by a host that was off or by a clock that jumped.

declare -Ar MACROS=([@hourly]='0 * * * *' [@daily]='0 0 * * *' [@midnight]='0 0 * * *' [@weekly]='0 0 * * 0'
  [@monthly]='0 0 1 * *' [@yearly]='0 0 1 1 *' [@annually]='0 0 1 1 *')
readonly MONTH_NAMES='jan feb mar apr may jun jul aug sep oct nov dec' DAY_NAMES='sun mon tue wed thu fri sat'

# The rarest there can be is a 29th of February across 2100.
readonly DAYS_BACK=3000

# read_schedule EXPRESSION: sets MINUTES, HOURS, DAYS, MONTHS and WEEKDAYS to the numbers that are meant, with spaces around.
# Fails when it is no schedule.
read_schedule() {
  local -a fields
  local expression=${1,,}
  read -ra fields <<<"${MACROS[$expression]:-$expression}"
  ((${#fields[@]} == 5)) || return 1
  MINUTES=$(numbers "${fields[0]}" 0 59) && HOURS=$(numbers "${fields[1]}" 0 23) && DAYS=$(numbers "${fields[2]}" 1 31) &&
    MONTHS=$(numbers "${fields[3]}" 1 12 "$MONTH_NAMES") && WEEKDAYS=$(numbers "${fields[4]}" 0 7 "$DAY_NAMES") || return 1
  WEEKDAYS=${WEEKDAYS/ 7 / 0 7 }
  # Of two that say which days, as in `0 3 1 * mon`, either is enough.
  if [[ ${fields[2]} == '*'* || ${fields[4]} == '*'* ]]; then EITHER=; else EITHER=1; fi
}

# numbers FIELD LEAST MOST NAMES: descending, with spaces around each. A name stands for its place, from LEAST on.
numbers() {
  local part first last step number text=$1 least=$2 most=$3 names all=' '
  local -a parts meant=()
  number=$least
  for names in ${4:-}; do
    text=${text//$names/$number}
    number=$((number + 1))
  done
  IFS=, read -ra parts <<<"$text,"
  for part in "${parts[@]}"; do
    [[ $part =~ ^(\*|([0-9]{1,2})(-([0-9]{1,2}))?)(/([0-9]{1,2}))?$ ]] || return 1
    step=$((10#${BASH_REMATCH[6]:-1}))
    first=$((10#${BASH_REMATCH[2]:-$least}))
    last=$most
    if [[ -n ${BASH_REMATCH[4]} ]]; then last=$((10#${BASH_REMATCH[4]})); elif [[ $part =~ ^[0-9]+$ ]]; then last=$first; fi
    ((step > 0 && first >= least && last <= most && first <= last)) || return 1
    for ((number = first; number <= last; number += step)); do meant[number]=1; done
  done
  # Bash keeps an array's indices in order.
  for number in "${!meant[@]}"; do all=" $number$all"; done
  [[ $all != ' ' ]] && printf '%s' "$all"
}

# last_time EXPRESSION NOW: the newest of its times that is not after NOW, in seconds; 0 if there was none.
last_time() {
  local today clock date month day weekday hour minute at
  read_schedule "$1" || return 1
  read -r today clock < <(date -d "@$2" '+%F %H%M')
  # At noon: days without a midnight, or with two, count as one.
  while read -r -u 3 date month day weekday; do
    is_day || continue
    for hour in $HOURS; do
      for minute in $MINUTES; do
        # Later today, which needs no look at the calendar.
        if [[ $date == "$today" ]] && ((hour * 100 + minute > 10#$clock)); then continue; fi
        at=$(moment_of "$date" "$hour" "$minute")
        if ((at <= $2)); then
          echo "$at"
          return
        fi
      done
    done
  done 3< <(seq --format "$today 12:00 %.0f days ago" 0 "$DAYS_BACK" | date --file - '+%F %-m %-d %w')
  echo 0
}

is_day() {
  [[ $MONTHS == *" $month "* ]] || return 1
  if [[ -n $EITHER ]]; then [[ $DAYS == *" $day "* || $WEEKDAYS == *" $weekday "* ]]; else [[ $DAYS == *" $day "* && $WEEKDAYS == *" $weekday "* ]]; fi
}

# A time that the clocks leave out in spring is an hour later.
moment_of() {
  date -d "$1 $2:$3" +%s 2>/dev/null || date -d "$1 $(($2 + 1)):$3" +%s
}
