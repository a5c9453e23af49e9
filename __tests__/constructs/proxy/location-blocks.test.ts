import { Access } from "../../../constructs/proxy/access";
import { locationBlocks } from "../../../constructs/proxy/location-blocks";
import { answered, type Location, passedOn, redirected, spellings } from "../../../constructs/proxy/locations";
import { RateLimit } from "../../../constructs/proxy/rate-limit";

const LIMITED = { rateLimit: RateLimit.perClient({ rate: "5/m" }) };
const LIMIT = "limit_req zone=rate.some;";

function to(path: string, options: Parameters<typeof passedOn>[1] = {}): Location {
  return passedOn(path, options, { upstream: "api", zone: options.rateLimit && "rate.some" });
}

function block(match: string, ...lines: string[]): string {
  return `\n    location ${match} {\n${lines.map((line) => `      ${line}\n`).join("")}    }\n`;
}

test("stand for all below a path that ends in a slash, and for any other path alone", () => {
  expect(locationBlocks([to("/api/", { to: "/" }), to("/status")])).toBe(
    block("/api/", "proxy_pass http://api/;") + block("= /status", "proxy_pass http://api;"),
  );
});

test("of a limited path are for every spelling of it", () => {
  expect(locationBlocks([to("/v1.0/login", { ...LIMITED, to: "/login" })])).toBe(
    block(
      `~* "${spellings("/v1.0/login", true)}/?$"`,
      LIMIT,
      `rewrite "(?i)${spellings("/v1.0/login", true)}/?$" /login break;`,
      "proxy_pass http://api;",
    ),
  );
  expect(locationBlocks([to("/api/", { ...LIMITED, to: "/" })])).toBe(
    block(
      `~* "${spellings("/api/", true)}(?:/|$)"`,
      `rewrite "(?i)${spellings("/api/", true)}$" /api/ permanent;`,
      LIMIT,
      `rewrite "(?i)${spellings("/api/", true)}/(.*)$" /$1 break;`,
      "proxy_pass http://api;",
    ),
  );
});

test("of all paths need no pattern to be limited", () => {
  expect(locationBlocks([to("/", LIMITED), to("/a/")])).toBe(
    block("/", LIMIT, "proxy_pass http://api;") + block("/a/", "proxy_pass http://api;"),
  );
});

test("of the longest path come first where a pattern would hide them", () => {
  const locations = [
    to("/api/", LIMITED),
    to("/api/public/", { to: "/" }),
    redirected("/api/old/", "/new/", false),
    to("/api/health"),
    to("/api/login", LIMITED),
    to("/apis/"),
  ];
  expect(locationBlocks(locations).match(/(?<=location ).*(?= {)/g)).toEqual([
    "= /api/health",
    "/apis/",
    "~ ^/api/public/",
    `~* "${spellings("/api/login", true)}/?$"`,
    "~ ^/api/old/",
    `~* "${spellings("/api/", true)}(?:/|$)"`,
  ]);
  expect(locationBlocks(locations)).toContain(
    block("~ ^/api/public/", 'rewrite "^/api/public/(.*)$" /$1 break;', "proxy_pass http://api;"),
  );
});

test("of answers hold for every spelling below a guard, and where they hide something", () => {
  const below = locationBlocks([to("/api/", LIMITED), answered("/api/robots.txt", { body: "" })]);
  expect(below).toContain(`location ~* "${spellings("/api/robots.txt", true)}/?$" {`);
  expect(locationBlocks([to("/"), answered("/metrics/", { body: "", status: 404 })])).toContain(
    block(`~* "${spellings("/metrics/", true)}(?:/|$)"`, "default_type text/plain;", 'return 404 "";'),
  );
  expect(locationBlocks([to("/"), answered("/robots.txt", { body: "" })])).toContain("location = /robots.txt {");
});

test("of a mere limit below what keeps people out have no script between their parts", () => {
  const access = Access.allow(["192.0.2.7"]);
  expect(locationBlocks([to("/admin/", { access }), to("/admin/login", LIMITED)])).toContain(
    `location ~* "${spellings("/admin/login", false)}/?$" {`,
  );
});

test("of a guard below another one let no script stand in between, which the other one guards", () => {
  const locations = [
    to("/admin/", { access: Access.allow(["10.0.0.0/8"]) }),
    to("/admin/reports/", { access: Access.allow(["192.0.2.0/24"]) }),
  ];
  const [reports = ""] = locationBlocks(locations).match(/(?<=location ).*(?= {)/g) ?? [];
  const pattern = new RegExp(/"(.*)"/.exec(reports)?.[1] ?? "", "i");
  expect(pattern.test("/admin/reports/2026")).toBe(true);
  expect(pattern.test("/admin/users.php/reports/")).toBe(false);
});
