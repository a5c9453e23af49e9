# Sums of a Postgres dump as `pg_restore --create --file -` writes it. Variable: folder, for files it needs meanwhile.
BEGIN {
  OFS = "\t"
  result = folder "/sum"
  definitions = folder "/definitions"
  hash = "sha256sum >" result
  printf "" >definitions
}

function sum_of(command,    line, fields) {
  close(command)
  getline line <result
  close(result)
  split(line, fields, " ")
  return fields[1]
}

copying && $0 == "\\." { print "table", table, rows, sum_of(hash); copying = 0; next }
copying { rows++; print | hash; next }

/^COPY .* FROM stdin;$/ {
  table = $0
  sub(/^COPY /, "", table)
  match(table, /^("[^"]*"|[^" (])+/)
  table = substr(table, 1, RLENGTH)
  rows = 0
  copying = 1
  printf "" | hash
  next
}

# What makes the database itself, whatever its name will be.
/^(CREATE|ALTER|COMMENT ON|GRANT [^;]* ON|REVOKE [^;]* ON) DATABASE / {
  match($0, / DATABASE ("[^"]*")+| DATABASE [^ ;"]+/)
  print "create", substr($0, 1, RSTART) "DATABASE :\"database\"" substr($0, RSTART + RLENGTH)
  next
}

# Comments, and words that are different in every dump.
/^--/ || /^$/ || /^\\(un)?restrict / || /^\\connect / { next }

{ lines++; print >definitions }

END {
  if (copying) exit 1
  close(definitions)
  # The order of definitions may change from dump to dump.
  sort = "LC_ALL=C sort -S 16M -T " folder " " definitions " | sha256sum >" result
  printf "" | sort
  print "schema", lines + 0, sum_of(sort)
}
