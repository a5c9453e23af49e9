# Sums of a dump that mysqldump or mariadb-dump wrote with one row a line. Variables: folder, for files it needs
# meanwhile; database, its name.
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

# A table's rows are framed by comments of mysqldump's own; a table without rows has the frame, too.
/^-- Dumping data for table `/ {
  end_table()
  table = $0
  sub(/^-- Dumping data for table `/, "", table)
  sub(/`$/, "", table)
  rows = 0
  printf "" | hash
  next
}

# Until then such a line is a row; elsewhere it belongs to a routine, a trigger or an event.
/^UNLOCK TABLES;/ { end_table() }
table != "" && /^INSERT INTO `/ { rows++; print | hash; next }

# By now the dump's transaction has begun: what it holds is not newer than this.
/^-- (Table structure|Temporary view structure|Dumping)/ && !begun { begun = 1; print "time", systime() }

/^-- Dump completed/ { complete = 1; next }
/^--/ || /^$/ || /^\/\*M?!999999/ { next }

# The same definitions under another name of the database are the same.
/^(CREATE|ALTER) DATABASE |^USE `/ {
  at = index($0, quoted)
  if (at) $0 = substr($0, 1, at - 1) substr($0, at + length(quoted))
}

# Who a view works for has to exist, with the rights it needs, before the view does: on the scratch server these do.
match($0, /DEFINER=`([^`]|``)*`@`([^`]|``)*`/) {
  user = substr($0, RSTART + 8, RLENGTH - 8)
  if (!(user in users)) print "create", "CREATE USER IF NOT EXISTS " user " ACCOUNT LOCK; GRANT ALL ON *.* TO " user ";"
  users[user]
}

# Whether the server repeats the character set that the collation implies depends on how the column was made.
{ gsub(/ CHARACTER SET [a-z0-9]+ COLLATE /, " COLLATE "); lines++; print >definitions }

END {
  end_table()
  if (!complete) exit 1
  close(definitions)
  sort = "LC_ALL=C sort -S 16M -T " folder " " definitions " | sha256sum >" result
  printf "" | sort
  print "schema", lines + 0, sum_of(sort)
}
