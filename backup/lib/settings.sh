# shellcheck shell=bash
# What the container was told by its environment, checked before anything is done with it.

: "${ENGINE:=}" "${NAME:=}" "${REPOSITORY:=}" "${OFFSITE_REPOSITORY:=}"
: "${SCHEDULE:=0 3 * * *}" "${VERIFY_SCHEDULE:=0 5 * * 0}" "${CHECK_SCHEDULE:=0 4 * * *}"
: "${ROUNDS:=$SCHEDULE}" "${APPEND_ONLY:=}" "${KEEP:=within 30d}" "${TZ:=UTC}"
: "${DATABASE_HOST:=}" "${DATABASE_PORT:=}" "${DATABASE_USER:=}" "${DATABASE_ADMIN:=}" "${DATABASES:=}"
: "${SQLITE_FILES:=}" "${FILES:=}"
: "${STATE:=/state}" "${METRICS:=/metrics}" "${SECRETS:=/run/secrets}" "${ADMIN_SECRETS:=/run/admin}"
export TZ

wrong() {
  fail "$BAD_CONFIGURATION" "$1"
}

check_settings() {
  [[ $NAME =~ ^[a-z0-9][a-z0-9-]*$ ]] || wrong "NAME must be made of a-z, 0-9 and -, got \"$NAME\""
  check_repository REPOSITORY "$REPOSITORY"
  if [[ -n $OFFSITE_REPOSITORY ]]; then
    check_repository OFFSITE_REPOSITORY "$OFFSITE_REPOSITORY"
    require_secret offsite-password
    if [[ $REPOSITORY == s3:* && $OFFSITE_REPOSITORY == s3:* && $(secret aws-access-key-id) != "$(secret offsite-aws-access-key-id)" ]]; then
      wrong 'REPOSITORY and OFFSITE_REPOSITORY are both on S3 with different keys: restic copies with one key only'
    fi
    if [[ $REPOSITORY == rest:* && $OFFSITE_REPOSITORY == rest:* ]] && has_secret rest-password &&
      has_secret offsite-rest-password && [[ $(rest_login '') != "$(rest_login offsite-)" ]]; then
      wrong 'REPOSITORY and OFFSITE_REPOSITORY are both REST servers with different logins: restic copies with one only'
    fi
    [[ $OFFSITE_REPOSITORY != "$REPOSITORY" ]] || wrong "OFFSITE_REPOSITORY is the same as REPOSITORY: $REPOSITORY"
  fi
  [[ $APPEND_ONLY =~ ^(local|offsite|local\ offsite)?$ ]] || wrong "APPEND_ONLY must be local, offsite or both, got \"$APPEND_ONLY\""
  [[ -f /usr/share/zoneinfo/$TZ ]] || wrong "TZ \"$TZ\" is not a time zone; use a name like Europe/Paris"
  keep_options >/dev/null
  require_secret repository-password
  case $ENGINE in
    postgres | mysql | mariadb)
      local name
      for name in DATABASE_HOST DATABASE_USER DATABASES; do
        [[ -n ${!name} ]] || wrong "$name is not set; $ENGINE needs it"
      done
      ;;
    sqlite) [[ -n $SQLITE_FILES ]] || wrong 'SQLITE_FILES is not set; name the database files' ;;
    files) [[ -n $FILES ]] || wrong 'FILES is not set; name the folders' ;;
    *) wrong "ENGINE must be postgres, mysql, mariadb, sqlite or files, got \"$ENGINE\"" ;;
  esac
}

rest_login() {
  secret "$1rest-username"
  secret "$1rest-password"
}

check_repository() {
  case $2 in
    *://*:*@*) wrong "$1 has a password in its address; put it into a file of $SECRETS" ;;
    /* | s3:* | sftp:* | rest:*) ;;
    '') wrong "$1 is not set" ;;
    *) wrong "$1 \"$2\" has an unknown scheme; use /folder, s3:…, sftp:… or rest:…" ;;
  esac
}

# The newest backups are kept whatever the policy says: to a clock that jumped ahead everything looks old.
readonly NEWEST_KEPT=3

# KEEP as options of `restic forget`, one a line. A policy that keeps nothing is a mistake, not a wish.
keep_options() {
  local rule number kept=0 last=$NEWEST_KEPT
  if [[ $KEEP =~ ^within\ ([0-9]+[hdmy])+$ ]]; then
    [[ $KEEP =~ [1-9] ]] || wrong "KEEP \"$KEEP\" would keep no backup"
    printf '%s\n' --keep-within "${KEEP#within }" --keep-last "$last"
    return
  fi
  for rule in $KEEP; do
    [[ $rule =~ ^(last|hourly|daily|weekly|monthly|yearly)=([0-9]+)$ ]] ||
      wrong "KEEP \"$KEEP\" is not understood; write \"within 30d\" or \"daily=7 weekly=4 monthly=12\""
    # Base ten, also with a zero in front.
    number=$((10#${BASH_REMATCH[2]}))
    ((number > 0)) || continue
    kept=1
    case ${BASH_REMATCH[1]} in
      last) last=$((number > last ? number : last)) ;;
      *) printf '%s\n' "--keep-${BASH_REMATCH[1]}" "$number" ;;
    esac
  done
  ((kept)) || wrong "KEEP \"$KEEP\" would keep no backup"
  printf '%s\n' --keep-last "$last"
}
