import { Csp } from "../../../constructs/proxy/csp";
import { SecurityHeaders, type SecurityHeadersOptions } from "../../../constructs/proxy/security-headers";

test("are the safe choices, without a policy for what pages may load", () => {
  const { hsts, others } = SecurityHeaders.of();
  expect({ hsts, ...others }).toEqual({
    hsts: "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  });
});

test("say otherwise where they are told to", () => {
  const { hsts, others } = SecurityHeaders.of({
    hstsDays: 730,
    hstsSubdomains: true,
    framedBy: "self",
    referrer: "no-referrer",
    features: ["camera"],
    csp: Csp.of(),
  });
  expect({ hsts, ...others }).toEqual({
    hsts: "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Content-Security-Policy": Csp.of().policy("'self'"),
  });
});

test("say who may frame a page in the policy as well, unless it names others", () => {
  const policy = (...options: Parameters<typeof SecurityHeaders.of>) =>
    SecurityHeaders.of(...options).others["Content-Security-Policy"];
  expect(policy({ csp: Csp.of() })).toContain("frame-ancestors 'none';");
  expect(policy({ framedBy: "self", csp: Csp.of() })).toContain("frame-ancestors 'self';");
  const partner = Csp.of({ frameAncestors: ["https://partner.example"] });
  expect(policy({ framedBy: "self", csp: partner })).toContain("frame-ancestors https://partner.example;");
});

test("refuse a time that is none, and a feature that there is none of", () => {
  expect(() => SecurityHeaders.of({ hstsDays: 0.5 })).toThrow(
    "security headers: hstsDays must be a whole number of at least 1, got 0.5",
  );
  expect(() => SecurityHeaders.of({ features: ["kamera"] } as unknown as SecurityHeadersOptions)).toThrow(
    'security headers: no feature "kamera"; there are camera, geolocation, microphone',
  );
});
