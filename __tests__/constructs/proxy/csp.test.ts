import { Csp, type CspSources } from "../../../constructs/proxy/csp";

test("allows nothing but the own origin by default", () => {
  expect(Csp.of().policy("'none'")).toBe(
    "frame-ancestors 'none'; default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'",
  );
});

test("takes another list for a directive, and directives of its own", () => {
  expect(
    Csp.of({
      frameAncestors: ["https://a.example"],
      imgSrc: ["'self'", "data:", "https://*.cdn.example:8443/img/"],
    }).policy("'none'"),
  ).toBe(
    "frame-ancestors https://a.example; default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; img-src 'self' data: https://*.cdn.example:8443/img/",
  );
});

test.each(["'unsafe-inline'", "'sha256-B2yPHKaXnvFWtRChIbabYmUBFZdVfKKXHbWtWidDVF8='", "*", "wss:", "localhost:*"])(
  "takes the source %p",
  (source) => {
    expect(Csp.of({ scriptSrc: [source] }).policy("'none'")).toContain(`script-src ${source}`);
  },
);

test.each([
  ["self", `write it with its quotes, "'self'"`],
  ["'slef'", "allowed are 'self' 'none'"],
  ["'nonce-abc'", "a nonce differs with every answer"],
  ["https//cdn.example", "allowed are"],
  ["cdn", "allowed are"],
  ["'self'; script-src *", "allowed are"],
  ['cdn.example" always', "allowed are"],
])("refuses the source %p, which a browser would ignore without a word", (source, hint) => {
  expect(() => Csp.of({ scriptSrc: [source] })).toThrow(
    `csp scriptSrc has no source ${JSON.stringify(source)}; ${hint}`,
  );
});

test("refuses a directive that there is none of", () => {
  expect(() => Csp.of({ scriptSource: ["'self'"] } as CspSources)).toThrow(
    'csp has no directive "scriptSource"; there are defaultSrc, scriptSrc, ',
  );
});

test("refuses a directive without a source, and 'none' beside others", () => {
  expect(() => Csp.of({ imgSrc: [] })).toThrow(`csp imgSrc has no source; for none at all write ["'none'"]`);
  expect(() => Csp.of({ imgSrc: ["'none'", "data:"] })).toThrow("csp imgSrc has 'none' and other sources");
});
