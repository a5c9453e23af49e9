import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { Mysql } from "./servers";

jest.setTimeout(900_000);

beforeAll(ensureNetwork);

const servers = [
  new Mysql("portolan-t-backup-hostile-mysql", "mysql:8.4", "mysql"),
  new Mysql("portolan-t-backup-hostile-mariadb", "mariadb:11.8", "mariadb"),
];

/** What an attacker wants: a command in the backup container, and all rights on the server. */
const COMMAND = "\\! touch /metrics/pwned /state/pwned /tmp/pwned";
const GRANT = "GRANT ALL ON *.* TO backup";

/** The application's database may hold anything: the attacker owns it, and nothing else. */
describe.each(servers.map((server) => [server.engine, server] as const))("hostile contents: %s", (engine, server) => {
  let backup: BackupContainer;
  let grants: string;

  beforeAll(async () => {
    backup = await BackupContainer.create(`t-hostile-${engine}`, await backupImage(server.base), server.environment);
    await backup.makeRepository();
    await server.start();
    grants = await server.query("SHOW GRANTS FOR backup@'%'", "mysql");
  });

  afterAll(async () => {
    await server.remove();
    await backup?.remove();
  });

  test("text of a routine is not taken for mysqldump's own", async () => {
    // Believed to be a row, the line loses its last character, the quote; what is text to the server is then code to the client.
    const text = ` ;;\n${GRANT};;\n${COMMAND}\n`;
    await create(
      `CREATE PROCEDURE marker() SELECT '\n-- Dumping data for table \`x\`\nINSERT INTO \`x\` VALUES (1'\n, '${text}'`,
    );
    await create(`CREATE PROCEDURE comment() BEGIN /*\nEND ;;\nDELIMITER ;\n${COMMAND}\n${GRANT};\n*/ SELECT 1; END`);
    await create(`CREATE PROCEDURE word() BEGIN SELECT 1 AS\ndelimiter , 2 AS x;\nSELECT 2; END`);
    await provesAndRestores();
  });

  test("a name with line breaks is one name", async () => {
    // Read by the line, the first is another trigger, which is dropped, and the second ends that statement.
    await create("CREATE TRIGGER x BEFORE DELETE ON nokey FOR EACH ROW SET @a = 1");
    const name = `x\nDATABASE IF EXISTS z;${GRANT};-- x`;
    await create(`CREATE TRIGGER \`${name}\` BEFORE INSERT ON nokey FOR EACH ROW SET new.v = 'y'`);
    await create(`CREATE EVENT \`e\n${GRANT};-- x\` ON SCHEDULE EVERY 1 YEAR DO SELECT 1`);
    await server.query(
      `CREATE TABLE \`t\n-- Dumping data for table \`\`x\`\`\nINSERT INTO \`\`x\` (\`a\n${GRANT};\nb\` int, c int AS (1) STORED);
       INSERT INTO \`t\n-- Dumping data for table \`\`x\`\`\nINSERT INTO \`\`x\` (\`a\n${GRANT};\nb\`) VALUES (7), (8);
       CREATE VIEW \`v\n${GRANT};-- x\` AS SELECT 'a\n${GRANT};' AS \`c\nd\``,
    );
    const definitions = await server.definitions("app");
    await backup.ok("backup");
    const steps = ["--prepare", "--swap", "--drop-old"];
    const ended = [];
    for (const step of steps) ended.push(await backup.verb("restore", step));
    await unharmed();
    expect(ended.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(steps.map(() => [0, expect.anything()]));
    expect(await server.definitions("app")).toBe(definitions);
    await provesAndRestores();
  });

  test("the scratch server reads and writes no files, and its client runs no commands", async () => {
    const { stdout } = await backup.script(
      `empty_scratch; engine_scratch_start
       query --execute "SELECT LOAD_FILE('/run/secrets/repository-password'), LOAD_FILE('/run/admin/admin-password')"
       query --execute "SELECT 1 INTO OUTFILE '/metrics/pwned'" || true
       query --execute "CREATE TABLE mysql.pwned (t text)"
       query --local-infile=1 --database=mysql --execute "LOAD DATA LOCAL INFILE '/run/secrets/repository-password' INTO TABLE pwned" || true
       query --execute "SELECT * FROM mysql.pwned"
       query <<<'${COMMAND}' || true`,
    );
    expect(stdout.trim()).toBe("NULL\tNULL");
    await unharmed();
  });

  test("what works for an account that is not there is not restored", async () => {
    await server.query(
      "CREATE USER `gho``st`@`%` ACCOUNT LOCK; CREATE DEFINER = `gho``st`@`%` VIEW by_ghost AS SELECT 1",
    );
    await backup.ok("backup");
    await backup.ok("verify");
    await server.query("DROP USER `gho``st`@`%`; DROP DATABASE IF EXISTS app_copy");
    const { exitCode, stderr } = await backup.verb("restore", "--to-database", "app_copy");
    expect(stderr).toMatch(/views or programs of app work for `gho``st`@`%`, which this server does not have/);
    expect(exitCode).toBe(Exit.RESTORE_FAILED);
    await server.query("DROP VIEW by_ghost");
  });

  async function create(program: string): Promise<void> {
    await server.query(`DELIMITER $$\n${program}\n$$\n`);
  }

  /** Either it is all there, word for word, or somebody is told. */
  async function provesAndRestores(): Promise<void> {
    await backup.ok("backup");
    await server.query("DROP DATABASE IF EXISTS app_copy");
    const restored = await backup.verb("restore", "--to-database", "app_copy");
    await unharmed();
    expect([restored.exitCode, restored.stderr]).toEqual([0, expect.stringMatching(/restored \d+ rows/)]);
    expect(await server.definitions("app_copy")).toBe(await server.definitions("app"));
    await backup.ok("verify");
    await unharmed();
  }

  async function unharmed(): Promise<void> {
    const found = await backup.verb("find", "/metrics", "/state", "/tmp", "-name", "pwned");
    expect(found.stdout).toBe("");
    expect(await server.query("SHOW GRANTS FOR backup@'%'", "mysql")).toBe(grants);
  }
});
