import type { Csp } from "./csp";

const FEATURES = ["camera", "geolocation", "microphone"] as const;

export interface SecurityHeadersOptions {
  /**
   * Days for which a browser that has been here insists on HTTPS.
   *
   * @default 365
   */
  readonly hstsDays?: number;

  /**
   * Whether it insists on it for every subdomain as well, those of others included.
   *
   * @default false
   */
  readonly hstsSubdomains?: boolean;

  /**
   * Whose pages may show these in a frame. Also said in the policy `csp`, unless it has `frameAncestors` of its own.
   *
   * @default "nobody"
   */
  readonly framedBy?: "nobody" | "self";

  /**
   * What other sites learn of the page a visitor comes from.
   *
   * @default "strict-origin-when-cross-origin"
   */
  readonly referrer?: "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin";

  /**
   * What of a visitor's device the pages may ask for.
   *
   * @default - nothing
   */
  readonly features?: readonly (typeof FEATURES)[number][];

  /**
   * What pages may load, and from where.
   *
   * @default - what the application says: no policy fits them all
   */
  readonly csp?: Csp;
}

/** Headers that tell browsers what not to do with the pages, sent with every answer, those of the proxy itself included. */
export class SecurityHeaders {
  /** @throws Error when a value is none of those allowed */
  static of(options: SecurityHeadersOptions = {}): SecurityHeaders {
    const { hstsDays = 365, hstsSubdomains = false, framedBy = "nobody", features = [] } = options;
    if (!Number.isInteger(hstsDays) || hstsDays < 1) {
      throw new Error(`security headers: hstsDays must be a whole number of at least 1, got ${hstsDays}`);
    }
    const unknown = features.find((feature) => !FEATURES.includes(feature));
    if (unknown) {
      throw new Error(`security headers: no feature "${unknown}"; there are ${FEATURES.join(", ")}`);
    }
    return new SecurityHeaders(`max-age=${hstsDays * 86_400}${hstsSubdomains ? "; includeSubDomains" : ""}`, {
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": framedBy === "self" ? "SAMEORIGIN" : "DENY",
      "Referrer-Policy": options.referrer ?? "strict-origin-when-cross-origin",
      "Permissions-Policy": FEATURES.map((name) => `${name}=(${features.includes(name) ? "self" : ""})`).join(", "),
      ...(options.csp && { "Content-Security-Policy": options.csp.policy(framedBy === "self" ? "'self'" : "'none'") }),
    });
  }

  private constructor(
    /** Value of Strict-Transport-Security, which only belongs into answers over HTTPS. */
    readonly hsts: string,
    readonly others: Readonly<Record<string, string>>,
  ) {}
}
