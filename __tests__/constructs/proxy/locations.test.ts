import { Access } from "../../../constructs/proxy/access";
import { answered, passedOn, redirected } from "../../../constructs/proxy/locations";
import { RateLimit } from "../../../constructs/proxy/rate-limit";

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
  expect(location).toMatchObject({ path: "/upload", target: { upstream: "api", to: "/files" }, guarded: true });
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
