import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";

const SCRIPT = ["metrics.sh", "acme.sh"]
  .map((file) => readFileSync(join(__dirname, "..", "..", "..", "constructs", "proxy", file), "utf8"))
  .join("\n");
jest.setTimeout(30_000);

const DAY = 86_400;
const REFUSAL = "acme: error: 429 :: urn:ietf:params:acme:error:rateLimited :: too many certificates";

/** How the ACME server answers, in the order it is asked: the lifetime of a certificate, or why there is none. */
type Answers = readonly (number | string)[];

interface Lived {
  /** When lego was called, in seconds since the start, and how. */
  readonly calls: readonly string[];
  readonly log: string;
  readonly metrics: string;
}

/**
 * Runs acme.sh with a clock of its own, which moves to the next thing to do when the script sleeps, and with a lego that
 * does as the answers say; the last of them stands for all that follow.
 */
async function lived(seconds: number, answers: Answers, list = "shop.com shop.com\n"): Promise<Lived> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  const tools = {
    lego: `
case " $* " in
  *' list '*)
    crt=$2/certificates/shop.com.crt
    [ -e "$crt" ] && printf '    Expiry Date: %s +0000 UTC\\n    Certificate Path: %s\\n' "$(/bin/date -u -d "@$(tail -n 1 "$crt")" '+%Y-%m-%d %H:%M:%S')" "$crt"
    exit 0 ;;
esac
echo "$(cat '${folder}/clock') $*" >>'${folder}/calls'
answer=$(head -n 1 '${folder}/answers')
[ "$(wc -l <'${folder}/answers')" = 1 ] || sed -i 1d '${folder}/answers'
case $answer in
  [0-9]*)
    mkdir -p "$2/certificates" "$2/accounts/server/ops@shop.com"
    touch "$2/accounts/server/ops@shop.com/account.json"
    clock=$(cat '${folder}/clock')
    [ -e "$2/certificates/shop.com.crt" ] || printf '%s\\n%s\\n' "$clock" $((clock + answer)) >"$2/certificates/shop.com.crt"
    echo key >"$2/certificates/shop.com.key" ;;
  *'wait for '*) echo "$answer" >&2; exec /bin/sleep 1000 ;;
  *) echo "$answer" >&2; exit 1 ;;
esac`,
    date: `
case $* in
  +%s) cat '${folder}/clock' ;;
  -r*) head -n 1 "$2" ;;
  *) exec /bin/date "$@" ;;
esac`,
    sleep: `
[ "$1" = 2 ] || exec /bin/sleep "$1"
cat '${folder}'/tmp/next/* | sort -n | head -n 1 >'${folder}/clock'
[ "$(cat '${folder}/clock')" -lt ${seconds} ] || kill $PPID`,
  };
  try {
    for (const path of ["bin", "acme", "issued", "metrics", "tmp", "config/current"]) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    for (const [name, body] of Object.entries(tools)) {
      writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    writeFileSync(join(folder, "clock"), "0\n");
    writeFileSync(join(folder, "calls"), "");
    writeFileSync(join(folder, "answers"), answers.map((answer) => `${answer}\n`).join(""));
    writeFileSync(join(folder, "config/current/certificates"), list);
    const script = SCRIPT.replace(/(?<=[\s"=>(])\/(acme|issued|metrics|tmp)(?=[/ )"\n])/g, `${folder}/$1`).replaceAll(
      "/etc/portolan",
      join(folder, "config"),
    );
    // What a wildcard would match if the shell had its way.
    writeFileSync(join(folder, "api.shop.com"), "");
    const { stdout, stderr } = await attempt("sh", ["-c", script, "acme.sh", "shop-test-proxy", "--http"], {
      cwd: folder,
      env: {
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        ACME_SERVER: "https://acme.example/dir",
        ACME_EMAIL: "ops@shop.com",
      },
    });
    expect(stderr).toBe("");
    return {
      calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n"),
      log: stdout,
      metrics: readFileSync(join(folder, "metrics", "shop-test-proxy-acme.prom"), "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const timesOf = ({ calls }: Lived) => calls.map((call) => Number(call.split(" ")[0]));
const gapsOf = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

test("asks for a new certificate, then leaves it to lego to renew it", async () => {
  const life = await lived(DAY / 2, [90 * DAY]);
  expect(life.calls[0]).toMatch(
    /^0 --path \S+ --server https:\/\/acme.example\/dir --email ops@shop.com --accept-tos --http --domains shop.com run$/,
  );
  expect(life.calls[1]).toMatch(/--domains shop.com renew --dynamic --no-random-sleep$/);
  expect(life.log).toBe("shop.com: new certificate, valid until 1970-04-01 00:00\n");
});

test("looks at it every six hours, and more often where its life is short", async () => {
  expect(gapsOf(timesOf(await lived(2 * DAY, [90 * DAY])))).toEqual(Array(7).fill(DAY / 4));
  const gaps = gapsOf(timesOf(await lived(DAY / 2, [6 * DAY])));
  expect(Math.max(...gaps)).toBeLessThanOrEqual((6 * DAY) / 100 + 60);
});

test("tries again after a refusal, ever later, and says why", async () => {
  const life = await lived(DAY, [REFUSAL]);
  expect(gapsOf(timesOf(life))).toEqual([120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, 21_600]);
  expect(life.log).toContain(`shop.com: failure 2, next try in 240 s: ${REFUSAL}\n`);
  expect(life.metrics).toContain('portolan_certificate_failures{proxy="shop-test-proxy",name="shop.com"} 11\n');
  expect(life.metrics).not.toContain("last_success_timestamp_seconds{");
});

test("tells at once that a server limits how often it is asked, though lego would wait as long as it says", async () => {
  const life = await lived(300, [`[WARN] retry: ${REFUSAL}, wait for 24h`]);
  expect(life.log).toContain(`shop.com: failure 2, next try in 240 s: [WARN] retry: ${REFUSAL}`);
});

test("forgets its failures with the first success", async () => {
  const life = await lived(3600, [REFUSAL, REFUSAL, 90 * DAY]);
  expect(timesOf(life)).toEqual([0, 120, 360]);
  expect(life.metrics).toContain('portolan_certificate_failures{proxy="shop-test-proxy",name="shop.com"} 0\n');
  expect(life.metrics).toContain('last_success_timestamp_seconds{proxy="shop-test-proxy",name="shop.com"} 360\n');
});

test("makes itself known again to a server that has forgotten it", async () => {
  const unknown = "acme: error: 400 :: urn:ietf:params:acme:error:accountDoesNotExist :: Account not found.";
  const { calls } = await lived(DAY, [90 * DAY, unknown, 90 * DAY]);
  expect(calls.map((call) => /run|renew/.exec(call)?.[0])).toEqual(["run", "renew", "run", "renew", "renew"]);
});

test("asks for a wildcard as it stands in the list, whatever files there are", async () => {
  const { calls } = await lived(60, [90 * DAY], "_.shop.com *.shop.com shop.com\n");
  expect(calls[0]).toContain("--domains *.shop.com --domains shop.com run");
});
