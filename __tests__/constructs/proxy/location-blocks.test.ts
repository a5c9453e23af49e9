import { locationBlocks } from "../../../constructs/proxy/location-blocks";
import { type Location, passedOn, redirected } from "../../../constructs/proxy/locations";
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
    block("~* ^/v1\\.0/login/?$", LIMIT, "rewrite (?i)^/v1\\.0/login/?$ /login break;", "proxy_pass http://api;"),
  );
  expect(locationBlocks([to("/api/", { ...LIMITED, to: "/" })])).toBe(
    block(
      "~* ^/api(/|$)",
      "rewrite (?i)^/api$ /api/ permanent;",
      LIMIT,
      "rewrite (?i)^/api/(.*)$ /$1 break;",
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
    "~* ^/api/login/?$",
    "~ ^/api/old/",
    "~* ^/api(/|$)",
  ]);
  expect(locationBlocks(locations)).toContain(
    block("~ ^/api/public/", "rewrite ^/api/public/(.*)$ /$1 break;", "proxy_pass http://api;"),
  );
});
