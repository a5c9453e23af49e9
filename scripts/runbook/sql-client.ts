import type { NamedBackup } from "./place";

/** How rows get from a restored copy back into a database. All lines of shell; variables: DATABASE, COPY, TABLE. */
export interface SqlClient {
  /** An example of a name for the copy, and of a table. */
  readonly copy: string;
  readonly table: string;
  /** Defines what the other lines use. */
  readonly define: readonly string[];
  readonly count: readonly string[];
  readonly takeOver: { readonly missing: readonly string[]; readonly all: readonly string[] };
  /** What is printed when rows were taken over. */
  readonly result: string;
  readonly drop: readonly string[];
}

export function sqlClient(backup: NamedBackup): SqlClient {
  if (backup.engine === "postgres") return postgres(backup);
  if (backup.engine === "sqlite") return sqlite(backup);
  return mysql(backup);
}

function postgres({ server, databases }: NamedBackup): SqlClient {
  const fields = (condition: string, format: string) =>
    `$(sql "$DATABASE" -c "SELECT string_agg(format('${format}', attname, attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '$TABLE'::regclass AND attnum > 0 AND NOT attisdropped AND ${condition}")`;
  const takeOver = (conflict: string) => [
    // Generated columns take no values.
    `FIELDS=${fields("attgenerated = ''", "%I")}`,
    ...(conflict.includes("$UPDATES")
      ? [`UPDATES=${fields("attgenerated = '' AND attidentity <> 'a'", "%I = excluded.%I")}`]
      : []),
    ...(conflict.includes("$KEY")
      ? [
          `KEY=$(sql "$DATABASE" -c "SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = '$TABLE'::regclass AND contype = 'p'")`,
        ]
      : []),
    'sql "$COPY" -c "COPY (SELECT $FIELDS FROM $TABLE) TO STDOUT" |',
    // Only here: it would read what is pasted after it, too.
    '  STDIN=--interactive sql "$DATABASE" --single-transaction -c "CREATE TEMP TABLE restored AS SELECT $FIELDS FROM $TABLE WITH NO DATA" \\',
    '    -c "COPY restored FROM STDIN" \\',
    `    -c "INSERT INTO $TABLE ($FIELDS) OVERRIDING SYSTEM VALUE SELECT $FIELDS FROM restored ${conflict}"`,
  ];
  return {
    copy: `${databases[0]}_copy`,
    table: "public.orders",
    define: [`sql() { docker exec \${STDIN:-} ${server} psql -XAt -v ON_ERROR_STOP=1 -U postgres -d "$@"; }`],
    count: ['sql "$COPY" -c "SELECT count(*) FROM $TABLE"', 'sql "$DATABASE" -c "SELECT count(*) FROM $TABLE"'],
    takeOver: {
      missing: takeOver("ON CONFLICT DO NOTHING"),
      all: takeOver("ON CONFLICT ON CONSTRAINT $KEY DO UPDATE SET $UPDATES"),
    },
    result: "The last line is `INSERT 0` and the number of rows.",
    drop: ['sql postgres -c "DROP DATABASE $COPY"'],
  };
}

function mysql({ server, engine, databases }: NamedBackup): SqlClient {
  const client = engine === "mariadb" ? "mariadb" : "mysql";
  const fields = (format: string, condition: string) =>
    `$(sql "SELECT GROUP_CONCAT(${format} ORDER BY ordinal_position SEPARATOR ', ') FROM information_schema.columns WHERE table_schema = '$DATABASE' AND table_name = '$TABLE' AND ${condition}")`;
  const given = "COALESCE(generation_expression, '') = ''";
  const take = 'sql "INSERT';
  const from = "\\`$DATABASE\\`.\\`$TABLE\\` ($FIELDS) SELECT $FIELDS FROM \\`$COPY\\`.\\`$TABLE\\` AS restored";
  const changed = "; SELECT CONCAT(ROW_COUNT(), ' rows')";
  const quotedName = "'\\`', column_name, '\\`'";
  const named = `CONCAT(${quotedName})`;
  const updated = `CONCAT(${quotedName}, ' = restored.', ${quotedName})`;
  return {
    copy: `${databases[0]}_copy`,
    table: "orders",
    define: [
      `sql() { docker exec ${server} sh -c 'MYSQL_PWD=$(cat /run/secrets/admin-password) exec ${client} -u root -NB -e "SET SESSION group_concat_max_len = 1000000; $1"' - "$1"; }`,
    ],
    count: [
      'sql "SELECT COUNT(*) FROM \\`$COPY\\`.\\`$TABLE\\`"',
      'sql "SELECT COUNT(*) FROM \\`$DATABASE\\`.\\`$TABLE\\`"',
    ],
    takeOver: {
      missing: [`FIELDS=${fields(named, given)}`, `${take} IGNORE INTO ${from}${changed}"`],
      all: [
        `FIELDS=${fields(named, given)}`,
        `UPDATES=${fields(updated, given)}`,
        `${take} INTO ${from} ON DUPLICATE KEY UPDATE $UPDATES${changed}"`,
      ],
    },
    result: "It prints how many rows it has changed; one that was given other values counts twice.",
    drop: ['sql "DROP DATABASE \\`$COPY\\`"'],
  };
}

function sqlite({ container, dataVolume, databases }: NamedBackup): SqlClient {
  const folder = databases[0]?.replace(/\/[^/]*$/, "");
  const fields = (format: string, condition = "1") =>
    `$(sql "SELECT group_concat(${format}, ', ') FROM pragma_table_info('$TABLE') WHERE ${condition}")`;
  const named = `'\\"' || name || '\\"'`;
  const from = "main.$TABLE ($FIELDS) SELECT $FIELDS FROM restored.$TABLE WHERE true";
  const changed = "; SELECT changes() || ' rows'";
  return {
    copy: databases[0]?.replace(/(\.[^./]*)?$/, "-copy$1") ?? "",
    table: "orders",
    define: [
      `IMAGE=$(docker inspect --format '{{.Image}}' ${container})`,
      `OWNER=$(docker inspect --format '{{.Config.User}}' ${container})`,
      `sql() { docker run --rm --network none --user "$OWNER" --volume ${dataVolume}:${folder} "$IMAGE" sqlite3 -cmd ".timeout 60000" -cmd "ATTACH '$COPY' AS restored" "$DATABASE" "$1"; }`,
    ],
    count: ['sql "SELECT count(*) FROM restored.$TABLE"', 'sql "SELECT count(*) FROM main.$TABLE"'],
    takeOver: {
      missing: [`FIELDS=${fields(named)}`, `sql "INSERT OR IGNORE INTO ${from}${changed}"`],
      all: [
        `FIELDS=${fields(named)}`,
        `KEY=${fields(named, "pk")}`,
        `UPDATES=${fields(`${named} || ' = excluded.' || ${named}`)}`,
        `sql "INSERT INTO ${from} ON CONFLICT ($KEY) DO UPDATE SET $UPDATES${changed}"`,
      ],
    },
    result: "It prints how many rows it has written.",
    drop: [`docker run --rm --network none --user "$OWNER" --volume ${dataVolume}:${folder} "$IMAGE" rm "$COPY"`],
  };
}
