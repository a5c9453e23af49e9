const DIRECTIVES = {
  defaultSrc: "default-src",
  scriptSrc: "script-src",
  styleSrc: "style-src",
  imgSrc: "img-src",
  fontSrc: "font-src",
  connectSrc: "connect-src",
  mediaSrc: "media-src",
  objectSrc: "object-src",
  frameSrc: "frame-src",
  workerSrc: "worker-src",
  manifestSrc: "manifest-src",
  baseUri: "base-uri",
  formAction: "form-action",
  frameAncestors: "frame-ancestors",
} as const;

type Directive = keyof typeof DIRECTIVES;

/** Sources by directive, as the standard writes them: `'self'` with its quotes, `data:`, `https://cdn.example`. */
export type CspSources = { readonly [directive in Directive]?: readonly string[] };

const SELF_ONLY: CspSources = {
  defaultSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
};

const KEYWORDS = [
  "self",
  "none",
  "unsafe-inline",
  "unsafe-eval",
  "wasm-unsafe-eval",
  "unsafe-hashes",
  "strict-dynamic",
  "report-sample",
];
const SCHEMES = ["https:", "http:", "wss:", "ws:", "data:", "blob:", "mediastream:"];
const HASH = /^'sha(256|384|512)-[A-Za-z0-9+/_-]+={0,2}'$/;
const HOST = /^((https?|wss?):\/\/)?((\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|localhost)(:(\d+|\*))?(\/[\w\-./~%]*)?$/i;

/** A Content-Security-Policy: what a page may load, and from where. */
export class Csp {
  /**
   * Everything from the page's own origin and no plugins, but for the directives that say otherwise. Who may frame the page
   * is what the security headers say, unless `frameAncestors` does.
   *
   * @throws Error when a directive or a source is none: a browser would ignore it without a word
   */
  static of(sources: CspSources = {}): Csp {
    for (const [directive, list] of Object.entries(sources)) check(directive, list);
    return new Csp({ ...SELF_ONLY, ...sources });
  }

  private constructor(private readonly sources: CspSources) {}

  /** @internal */
  policy(framedBy: "'none'" | "'self'"): string {
    return Object.entries({ frameAncestors: [framedBy], ...this.sources })
      .map(([directive, list]) => [DIRECTIVES[directive as Directive], ...list].join(" "))
      .join("; ");
  }
}

function check(directive: string, sources: readonly string[]): void {
  if (!Object.hasOwn(DIRECTIVES, directive)) {
    throw new Error(`csp has no directive "${directive}"; there are ${Object.keys(DIRECTIVES).join(", ")}`);
  }
  if (sources.length === 0) throw new Error(`csp ${directive} has no source; for none at all write ["'none'"]`);
  for (const source of sources) {
    if (!isSource(source)) throw new Error(`csp ${directive} has no source ${JSON.stringify(source)}; ${hint(source)}`);
  }
  if (sources.length > 1 && sources.includes("'none'")) {
    throw new Error(`csp ${directive} has 'none' and other sources; 'none' stands alone`);
  }
}

function isSource(source: string): boolean {
  const keyword = KEYWORDS.some((word) => source === `'${word}'`);
  return keyword || source === "*" || SCHEMES.includes(source) || HASH.test(source) || HOST.test(source);
}

function hint(source: string): string {
  if (source.startsWith("'nonce-")) return "a nonce differs with every answer, so only the application can send it";
  if (KEYWORDS.includes(source)) return `write it with its quotes, "'${source}'"`;
  return `allowed are ${KEYWORDS.map((word) => `'${word}'`).join(" ")}, hashes, ${SCHEMES.join(" ")} and hosts like https://cdn.example.com`;
}
