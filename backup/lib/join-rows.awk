# Makes a dump with one row a line quick to load: rows of a table go together into statements of about a megabyte. The
# database gets another name. Needs dump-text.awk. Variables: from, to: names in backquotes; views: all text is that of views,
# in which the server itself has put the database's name.

function end_statement() {
  if (size) print ";"
  size = 0
}

# Cutting a long line apart would only take memory.
row && length($0) > 1000000 { end_statement(); print; next }

row {
  values = substr($0, head + 1, length($0) - head - 1)
  if (size && substr($0, 1, head) == last && size < 1000000) printf ",%s", values
  else {
    end_statement()
    last = substr($0, 1, head)
    printf "%s%s", last, values
  }
  size += length(values) + 1
  next
}

{ end_statement(); print text && !views ? $0 : renamed($0, from, to) }

END { end_statement() }
