# Tells in a dump what is mysqldump's own from what others wrote; comes before the file with the rules. Sets for each line:
#   top   it begins outside of quotes and of programs, so its first words can be believed
#   row   it is a whole row; head is then the length of what is before the values
#   text  it belongs to a program

{
  top = quote == "" && program == ""
  text = program != ""
  head = row = 0
  if (text) {
    # Only the dump knows its delimiter. Those of earlier versions have ;; there, which a program may contain.
    if ($0 == "DELIMITER ;" && (before == program || program == ";;")) program = ""
    before = $0
  } else if (top && /^DELIMITER /) program = substr($0, 11)
  else if (top && /^--/) data = data || /^-- Dumping data for table `/
  else if (top && data && /^INSERT INTO `/ && (head = head_length())) row = 1
  else {
    if (top && /^UNLOCK TABLES;/) data = 0
    quote = open_after($0, quote)
  }
}

# The length of "INSERT INTO `table` VALUES " or "INSERT INTO `table` (`column`, row_start, …) VALUES "; none if a name
# goes on in the next line.
function head_length() {
  return match($0, /^INSERT INTO `([^`]|``)*` (\(((`([^`]|``)*`|row_start|row_end)(, )?)*\) )?VALUES /) ? RLENGTH : 0
}

# The quote that is open after `line`. Only names go on in the next line: strings have \n.
function open_after(line, open,    at) {
  for (;;) {
    if (open == "") {
      if (!match(line, /['`]/)) return ""
      open = substr(line, RSTART, 1)
    } else {
      at = match(line, open == "`" ? "`" : "['\\\\]")
      if (!at) return open
      if (substr(line, at, 1) == "\\") { line = substr(line, at + 2); continue }
      open = ""
    }
    line = substr(line, RSTART + 1)
  }
}

# `line` with another name for the database, where mysqldump writes that: on its own lines, and before sequences.
function renamed(line, from, to,    at, done) {
  if (line ~ /^(CREATE|ALTER) DATABASE |^USE `/) {
    at = index(line, from)
    return at ? substr(line, 1, at - 1) to substr(line, at + length(from)) : line
  }
  while (match(line, /(next|last)val\(`/)) {
    at = RSTART + RLENGTH - 1
    done = done substr(line, 1, at - 1)
    line = substr(line, at)
    if (open_after(done, "") == "" && index(line, from ".") == 1) {
      done = done to
      line = substr(line, length(from) + 1)
    }
  }
  return done line
}
