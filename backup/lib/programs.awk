# From lines of SHOW CREATE (tab-separated, with the client's escapes) to SQL that makes the programs again. Variables:
# delimiter; collation: the database's own.
BEGIN { FS = "\t" }

# The escapes are \\, \n, \t and \0; no program has a NUL.
function plain(text,    parts, count, i, result) {
  count = split(text, parts, /\\\\/)
  for (i = 1; i <= count; i++) {
    if (parts[i] ~ /\\0/) fail("has a NUL character")
    gsub(/\\n/, "\n", parts[i])
    gsub(/\\t/, "\t", parts[i])
    result = result (i > 1 ? "\\" : "") parts[i]
  }
  return result
}

function fail(why) {
  print "the definition of " $1 " " why >"/dev/stderr"
  failed = 1
  exit 1
}

function statement(text) {
  printf "%s\n%s\n", text, delimiter
}

# Programs keep the collation that the database had when they were made.
function database_collation(name) {
  if (name != current) statement("ALTER DATABASE COLLATE " name)
  current = name
}

!begun {
  begun = 1
  current = collation
  print "DELIMITER " delimiter
  statement("SET @own_mode = @@sql_mode, @own_client = @@character_set_client, @own_collation = @@collation_connection, @own_zone = @@time_zone")
}

# Views have no mode and no collation of the database.
$2 ~ /^CREATE / {
  statement("SET character_set_client = " $3 ", collation_connection = " $4)
  statement(plain($2))
  next
}

# Events have their time zone before the definition.
{
  zone = $3 ~ /^CREATE / ? "" : $3
  if (zone != "") for (i = 3; i < NF; i++) $i = $(i + 1)
  if ($3 !~ /^CREATE /) fail("may not be read by this role")
  database_collation($6)
  statement("SET sql_mode = '" $2 "', character_set_client = " $4 ", collation_connection = " $5 (zone != "" ? ", time_zone = '" zone "'" : ""))
  statement(plain($3))
}

END {
  if (failed) exit 1
  if (!begun) exit 0
  database_collation(collation)
  statement("SET sql_mode = @own_mode, character_set_client = @own_client, collation_connection = @own_collation, time_zone = @own_zone")
  print "DELIMITER ;"
}
