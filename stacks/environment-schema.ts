import { z } from "zod";

/** What systems and environments are called; both are part of every Docker name. */
export const NAME = {
  pattern: /^[a-z][a-z0-9-]{0,19}$/,
  rule: "must have at most 20 lower-case letters, digits and dashes and start with a letter",
};

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export const imageTag = text(/^[\w][\w.-]{0,127}$/, "must be an image tag, like 1.4.2");

const port = whole(1, 65535);

const sshUrl = z
  .string("must read ssh://user@host[:port]")
  .refine(
    (url) => /^ssh:\/\/[a-z_][a-z0-9_-]*@[a-zA-Z0-9.-]+(:\d+)?$/.test(url) && URL.canParse(url),
    "must read ssh://user@host[:port]",
  );

const hostKeys = z
  .array(
    text(/^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+$/, 'must read like "ssh-ed25519 AAAA…", without a host name'),
    "must have the host's keys, which ssh-keyscan prints and the host's console confirms",
  )
  .min(1, "must have at least one key, which ssh-keyscan prints and the host's console confirms");

const ssh = z.strictObject({
  url: sshUrl,
  hostKeys,
});

const s3 = z.strictObject(
  {
    bucket: text(/^.{3,}$/, "must be the name of a bucket"),
    region: text(/./, 'must be a region, like "eu-central-1" ("auto" for R2)'),
    /** For R2, MinIO and the like. */
    endpoint: z.url('must be a URL, like "https://minio.example.com"').optional(),
    /** @default - <system>/<environment>.tfstate */
    key: text(/./, 'must be the state\'s name in the bucket, like "app/staging.tfstate"').optional(),
  },
  'must be {"bucket": …, "region": …}',
);

const offsite = z.union(
  [
    text(/^(s3|rest):https?:\/\/[^\s@?#]+$/, 'must read "s3:https://host/bucket" or "rest:https://host/path"'),
    z.strictObject({
      url: text(
        /^sftp:\/\/[a-z_][a-z0-9_-]*@[a-zA-Z0-9.-]+(:\d+)?\/.+$/,
        "must read sftp://user@host[:port]/absolute/path",
      ),
      hostKeys,
    }),
  ],
  'must be "s3:https://host/bucket", "rest:https://host/path" or {"url": "sftp://user@host/path", "hostKeys": […]}',
);

const acme = z.strictObject(
  {
    email: z.email('must be an address the certificate authority may write to, like "ops@example.com"'),
    server: z.url('must be the URL of an ACME directory, like "https://acme.example.com/directory"').optional(),
  },
  'must be {"email": "ops@example.com"}',
);

const size = z.strictObject(
  {
    memory: whole(6).optional(),
    cpus: z.number("must be a number above 0").positive("must be a number above 0").optional(),
    replicas: whole(1, 50).optional(),
  },
  'must be an object, like {"memory": 512}',
);

/** One environment, as its file says it. */
export const environmentSchema = z
  .strictObject(
    {
      host: z
        .union(
          [z.literal("local"), z.templateLiteral(["unix:///", z.string().regex(/^[^\s?#]+$/)]), ssh],
          'must be "local", "unix:///path/of/docker.sock" or {"url": "ssh://user@host[:port]", "hostKeys": […]}',
        )
        .default("local"),
      domain: text(HOST_NAME, "must be a host name in lower case, like app.example.com"),
      release: imageTag.optional(),
      registry: text(
        /^(https?:\/\/)?[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/,
        "must read like registry.example.com/team",
      ).optional(),
      /** File with the digests of the images that others build. */
      imagesLock: text(/^[^\s].*\.json$/, 'must be a file of locked images, like "images.lock.json"').default(
        "images.lock.json",
      ),
      /** Certificates for the proxy; without it, it makes its own. */
      acme: acme.optional(),
      ports: z
        .strictObject({ http: port, https: port }, 'must be {"http": …, "https": …}')
        .refine(({ http, https }) => http !== https, "must have one port for http and another for https")
        .default({ http: 80, https: 443 }),
      /** Whether the proxy answers everything with a page that says so. */
      maintenance: z.boolean("must be true or false").default(false),
      /** Where every backup is copied to, in a folder named after the environment's database. */
      backups: z
        .strictObject(
          { offsite, appendOnly: z.boolean("must be true or false").default(false) },
          'must be {"offsite": …}, with "appendOnly": true where that server lets nothing be removed',
        )
        .optional(),
      state: z.strictObject({ s3 }, 'must be {"s3": …}').optional(),
      sizes: z
        .record(text(NAME.pattern, NAME.rule), size, 'must be an object, like {"db": {"memory": 512}}')
        .default({}),
    },
    'must be an object, like {"domain": "app.example.com"}',
  )
  .superRefine(literalsOnly);

export type EnvironmentData = z.input<typeof environmentSchema>;

function text(pattern: RegExp, rule: string) {
  return z.string(rule).regex(pattern, rule);
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const rule = `must be a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`}`;
  return z.int(rule).min(least, rule).max(most, rule);
}

/** Wherever a text ends up in a stack, Terraform would evaluate what it takes for an expression, on the deployer's machine. */
function literalsOnly(data: unknown, context: z.RefinementCtx, path: PropertyKey[] = []): void {
  if (typeof data === "string" && /[$%]\{/.test(data)) {
    const message = `must have neither "\${" nor "%{", which begin an expression of Terraform`;
    context.addIssue({ code: "custom", message, path });
  }
  if (typeof data !== "object" || data === null) return;
  for (const [key, value] of Object.entries(data)) literalsOnly(value, context, [...path, key]);
}
