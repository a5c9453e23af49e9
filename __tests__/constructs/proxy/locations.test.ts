import { Access } from "../../../constructs/proxy/access";
import { answered, passedOn, redirected, spellings } from "../../../constructs/proxy/locations";
import { RateLimit } from "../../../constructs/proxy/rate-limit";
import { Secret } from "../../../constructs/secret";

test("says everything a route is told", () => {
  const rateLimit = RateLimit.perClient({ rate: "5/m", burst: 3 });
  const location = passedOn(
    "/upload",
    {
      access: Access.allow(["10.0.0.0/8"]),
      buffering: true,
      cache: "10m",
      compression: false,
      maxBody: "1g",
      rateLimit,
      timeout: "90s",
      to: "/files",
    },
    { upstream: "api", zone: "rate.upload", passwords: "ops-ADMIN_PASSWORD" },
  );
  expect(location.lines).toEqual([
    "allow 10.0.0.0/8;",
    "deny all;",
    'auth_basic "Restricted";',
    "auth_basic_user_file /run/passwords/ops-ADMIN_PASSWORD;",
    "limit_req zone=rate.upload burst=3 nodelay;",
    "client_max_body_size 1g;",
    "proxy_read_timeout 90s;",
    "proxy_send_timeout 90s;",
    "proxy_request_buffering on;",
    "proxy_buffering on;",
    "gzip off;",
    "expires 10m;",
  ]);
  expect(location).toMatchObject({ path: "/upload", target: { upstream: "api", to: "/files" }, guard: "bar" });
});

test("tells what only slows clients down from what keeps them out, and hides", () => {
  const limited = { rateLimit: RateLimit.perClient({ rate: "5/m" }) };
  expect(passedOn("/a", limited, { upstream: "api", zone: "rate.a" }).guard).toBe("limit");
  expect(passedOn("/a", {}, { upstream: "api" }).guard).toBeUndefined();
  expect(answered("/a", { body: "", status: 404 }).guard).toBe("bar");
  expect(answered("/a", { body: "" }).guard).toBeUndefined();
});

test("lets nobody in, and keeps a password from the service unless it asks for it", () => {
  const lines = (access: Access) =>
    passedOn("/a", { access }, { upstream: "api", passwords: access.login && "ops-P" }).lines;
  const password = Secret.named("P");
  expect(lines(Access.nobody())).toEqual(["deny all;"]);
  expect(lines(Access.basicAuth("ops", password))).toContain('set $authorization "";');
  expect(lines(Access.basicAuth("ops", password, { passOn: true }))).not.toContain('set $authorization "";');
});

describe("the spellings of a path", () => {
  const matches = (path: string, spelling: string, scripts = true) =>
    new RegExp(`${spellings(path, scripts)}(/|$)`, "i").test(spelling);

  test.each(["/api/v1.0", "/API/v1.0/x", "/api;a=b/v1.0;c", "/;a/api/v1.0", "/index.php/api/v1.0", "/api/a.cgi/v1.0"])(
    "include %s",
    (spelling) => {
      expect(matches("/api/v1.0", spelling)).toBe(true);
    },
  );

  test.each(["/api/v1x0", "/apis/v1.0", "/x/api/v1.0", "/api/v1.0x", "/api/x.php.txt/v1.0", "/apia;b/v1.0"])(
    "do not include %s",
    (spelling) => {
      expect(matches("/api/v1.0", spelling)).toBe(false);
    },
  );

  test("have a script in front only, where a weaker guard must not stand for more than its own path", () => {
    expect(matches("/api/v1.0", "/index.php/api/v1.0", false)).toBe(true);
    expect(matches("/api/v1.0", "/api/a.php/v1.0", false)).toBe(false);
  });
});

test.each([
  ["/old/", "/new/", false, "rewrite ^/old/(.*)$ /new/$1 permanent;"],
  ["/v1.0/", "https://docs.example/", true, "rewrite ^/v1\\.0/(.*)$ https://docs.example/$1 redirect;"],
  ["/old/", "/gone", false, "rewrite ^/old/(.*)$ /gone permanent;"],
  ["/old", "/new/", false, "rewrite ^ /new/ permanent;"],
])("sends %s to %s", (path, to, temporary, line) => {
  expect(redirected(path, to, temporary)).toEqual({ path, lines: [line] });
});

test("answers with a text as it is", () => {
  expect(answered("/a", { body: 'say "hi"\\\nbye' }).lines).toEqual([
    "default_type text/plain;",
    'return 200 "say \\"hi\\"\\\\\\nbye";',
  ]);
});

test("a path of parts that could be read in two ways takes no longer than another", () => {
  // Two ways for each part would be 2^40.
  expect(new RegExp(spellings("/admin/", true), "i").test(`${"/;.php".repeat(40)}/admi/n`)).toBe(false);
  expect(new RegExp(spellings("/admin/", true), "i").test(`${"/;.php".repeat(40)}/admin/n`)).toBe(true);
});
