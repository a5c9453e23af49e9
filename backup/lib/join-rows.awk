# Makes a dump with one row a line quick to load: rows of a table go together into statements of about a megabyte. The
# database's own statements get another name. Variables: from, to: names in backquotes.

# The length of "INSERT INTO `table` VALUES " or "INSERT INTO `table` (`column`, …) VALUES ".
function head_length(    after) {
  match($0, /^INSERT INTO `([^`]|``)*` /)
  after = RLENGTH
  if (substr($0, after + 1, 1) == "(") after += index(substr($0, after + 1), "`) ") + 2
  return after + 7
}

function end_statement() {
  if (size) print ";"
  size = 0
}

# Elsewhere such a line belongs to a routine, a trigger or an event.
/^-- Dumping data for table `/ { data = 1 }
/^UNLOCK TABLES;/ { data = 0 }

# Cutting a long line apart would only take memory.
data && /^INSERT INTO `/ && length($0) > 1000000 { end_statement(); print; next }

data && /^INSERT INTO `/ {
  at = head_length()
  head = substr($0, 1, at)
  row = substr($0, at + 1, length($0) - at - 1)
  if (size && head == last && size < 1000000) printf ",%s", row
  else {
    end_statement()
    printf "%s%s", head, row
    last = head
  }
  size += length(row) + 1
  next
}

{ end_statement() }

/^(CREATE|ALTER) DATABASE |^USE `/ {
  at = index($0, from)
  if (at) $0 = substr($0, 1, at - 1) to substr($0, at + length(from))
}

{ print }

END { end_statement() }
