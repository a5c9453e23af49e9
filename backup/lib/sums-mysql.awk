# Sums of a dump with one row a line. Needs dump-text.awk. Variables: folder, for files it needs meanwhile; database, its
# name.
BEGIN {
  OFS = "\t"
  result = folder "/sum"
  definitions = folder "/definitions"
  hash = "sha256sum >" result
  printf "" >definitions
  quoted = database
  gsub(/`/, "``", quoted)
  quoted = "`" quoted "`"
}

function sum_of(command,    line, fields) {
  close(command)
  getline line <result
  close(result)
  split(line, fields, " ")
  return fields[1]
}

function end_table() {
  if (table != "") print "table", table, rows, sum_of(hash)
  table = ""
}

# Who a view or a program works for.
function definer(line,    user) {
  if (!match(line, /DEFINER=`([^`]|``)*`@`([^`]|``)*`/)) return
  user = substr(line, RSTART + 8, RLENGTH - 8)
  if (!(user in users)) print "definer", user
  users[user]
}

# The comment has the name, and goes on in the next line if the name does.
naming && /^-- / { table = table "\\n" substr($0, 4) }
top && /^-- Dumping data for table `/ {
  end_table()
  table = substr($0, length("-- Dumping data for table `") + 1)
  rows = 0
  naming = 1
  printf "" | hash
}
naming && table ~ /`$/ && open_after("`" table) == "" {
  naming = 0
  sub(/`$/, "", table)
  gsub(/\t/, "\\t", table)
}

# Until then such a line is a row; elsewhere it belongs to a program.
top && /^UNLOCK TABLES;/ { end_table() }
row && table != "" { rows++; print | hash; next }

# By now the dump's transaction has begun: what it holds is not newer than this.
top && /^-- (Table structure|Temporary (view|table) structure|Dumping)/ && !begun { begun = 1; print "time", systime() }

top && /^-- Dump completed/ { complete = 1 }
top && (/^--/ || /^$/ || /^\/\*M?!999999/) { next }

# The delimiter is another one in each dump.
text && $0 == program { at_definition = 1; next }
top && /^DELIMITER / { at_definition = 1; next }
text && at_definition { definer($0); at_definition = 0 }
top && /^\/\*!50013 DEFINER=/ { definer($0) }

# Whether the server repeats the character set that the collation implies depends on how the column was made.
{
  line = text ? $0 : renamed($0, quoted, "")
  gsub(/ CHARACTER SET [a-z0-9]+ COLLATE /, " COLLATE ", line)
  lines++
  print line >definitions
}

END {
  end_table()
  if (!complete) exit 1
  close(definitions)
  sort = "LC_ALL=C sort -S 16M -T " folder " " definitions " | sha256sum >" result
  printf "" | sort
  print "schema", lines + 0, sum_of(sort)
}
