import { inspect } from "node:util";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { PostgresDatabase } from "../../constructs/data/postgres-database";
import { Secret } from "../../constructs/secret";
import { service, shop, synthesised } from "../synthesised";

test("redacts itself however it is printed", () => {
  const secret = Secret.named("JWT_SECRET");
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }),
  ];
  expect(printed).toEqual([
    "[secret JWT_SECRET]",
    "[secret JWT_SECRET]",
    '{"secret":"[secret JWT_SECRET]"}',
    "[secret JWT_SECRET]",
    "{ deep: [ [secret JWT_SECRET] ] }",
  ]);
});

test("is a sensitive variable without a value, whatever the process's environment has", () => {
  process.env.TF_VAR_JWT_SECRET = "canary-0123456789";
  process.env.JWT_SECRET = "canary-0123456789";
  try {
    const stack = synthesised((shop) => {
      service(shop, "api", { secrets: { JWT: Secret.named("JWT_SECRET") } });
    });
    expect(stack.json.variable?.JWT_SECRET).toMatchObject({
      type: "string",
      sensitive: true,
      nullable: false,
      default: "",
    });
    expect(JSON.stringify(stack.json)).not.toContain("canary");
  } finally {
    delete process.env.TF_VAR_JWT_SECRET;
    delete process.env.JWT_SECRET;
  }
});

test("reaches a container as a reference alone", () => {
  const stack = synthesised((shop) => {
    service(shop, "api", { secrets: { JWT_SECRET_KEY: Secret.named("JWT_SECRET") } });
  });
  expect(stack.container("api").env).toEqual(["JWT_SECRET_KEY=${var.JWT_SECRET}"]);
});

test("must be there and have its least length before anything is planned", () => {
  const stack = synthesised((shop) => {
    service(shop, "api", { secrets: { JWT: Secret.named("JWT_SECRET", { minLength: 32 }) } });
  });
  expect(stack.json.variable?.JWT_SECRET).toMatchObject({ description: "At least 32 characters" });
  // Not in the variable itself, where Terraform would print its value.
  expect(stack.json.variable?.JWT_SECRET).not.toHaveProperty("validation");
  expect(Object.values(stack.json.data?.docker_network ?? {})).toMatchObject([
    {
      lifecycle: {
        precondition: [
          {
            condition: "${length(var.JWT_SECRET) > 0}",
            error_message:
              "Secret JWT_SECRET of environment test is missing; type:\n\n  npm run secrets -- generate test",
          },
          {
            condition: "${length(var.JWT_SECRET) == 0 || length(var.JWT_SECRET) >= 32}",
            error_message:
              "Secret JWT_SECRET of environment test must have at least 32 characters; correct it, or remove it from its file and type:\n\n  npm run secrets -- generate test",
          },
        ],
      },
    },
  ]);
});

test("has at least 16 characters unless it says otherwise", () => {
  expect(Secret.named("JWT_SECRET").minLength).toBe(16);
});

test("is declared once in a stack, even if several services use it", () => {
  const stack = synthesised((shop) => {
    service(shop, "api", { secrets: { JWT: Secret.named("JWT_SECRET") } });
    service(shop, "worker", { secrets: { JWT: Secret.named("JWT_SECRET") } });
  });
  expect(Object.keys(stack.json.variable ?? {})).toEqual(["JWT_SECRET"]);
  expect(stack.container("worker").env).toEqual(stack.container("api").env);
});

test("says in a comment of the stack what scripts/secrets has to generate", () => {
  const stack = shop();
  service(stack, "api", { secrets: { JWT: Secret.named("JWT_SECRET", { minLength: 32 }) } });
  expect(commentsOf(stack)).toMatchObject({ secrets: { JWT_SECRET: { minLength: 32 } } });
});

test("can stand in a URL: a space is not turned into a plus sign", () => {
  const stack = synthesised((shop) => {
    const db = new PostgresDatabase(shop, "db", { version: "18" });
    service(shop, "api").connectTo(db);
  });
  expect(stack.container("api").env).toEqual([
    'DATABASE_URL=postgresql://db:${replace(urlencode(var.DB_PASSWORD), "+", "%20")}@shop-test-db:5432/db',
  ]);
});

test("refuses a second least length under the same name", () => {
  const stack = shop();
  service(stack, "api", { secrets: { JWT: Secret.named("JWT_SECRET", { minLength: 32 }) } });
  expect(() => service(stack, "worker", { secrets: { JWT: Secret.named("JWT_SECRET") } })).toThrow(
    new Error("test/worker: secret JWT_SECRET has minLength 16 here and 32 in test/api; use one of the two"),
  );
});

test("refuses a name that another construct has", () => {
  const stack = shop();
  new Construct(stack, "JWT_SECRET");
  expect(() => service(stack, "api", { secrets: { JWT: Secret.named("JWT_SECRET") } })).toThrow(
    new Error("test/api: secret JWT_SECRET has the id of another construct; rename one of them"),
  );
});

test.each(["jwt_secret", "JWT-SECRET", "1SECRET", ""])("refuses the name %p", (name) => {
  expect(() => Secret.named(name)).toThrow(
    new Error(`secret "${name}": a name has upper-case letters, digits and underscores, like "JWT_SECRET"`),
  );
});

test.each([0, -1, 1.5, Number.NaN])("refuses a least length of %p", (minLength) => {
  expect(() => Secret.named("JWT_SECRET", { minLength })).toThrow(
    new Error(`secret JWT_SECRET: minLength must be a whole number of at least 1, got ${minLength}`),
  );
});

/** What Terraform takes for a comment at the top of the stack's JSON. */
function commentsOf(stack: TerraformStack): unknown {
  return stack.toTerraform()["//"];
}
