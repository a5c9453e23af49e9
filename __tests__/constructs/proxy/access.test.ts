import { Access } from "../../../constructs/proxy/access";
import { Secret } from "../../../constructs/secret";

const NETWORKS = ["192.0.2.7", "10.0.0.0/8", "2001:db8::/32", "::1"];

test("allows addresses and networks of both families", () => {
  expect(Access.allow(NETWORKS).networks).toEqual(NETWORKS);
});

test.each(["10.0.0.0/33", "2001:db8::/129", "10.0.0", "office.example", "10.0.0.0/8/8", "10.0.0.0/", "all; allow all"])(
  "refuses %p",
  (network) => {
    expect(() => Access.allow([network])).toThrow(
      `access: "${network}" is no address; write one like "192.0.2.7", "10.0.0.0/8" or "2001:db8::/32"`,
    );
  },
);

test("refuses a list that lets nobody in", () => {
  expect(() => Access.allow([])).toThrow(
    "access: allow has no address, so nobody could use the route; if that is meant, write Access.nobody()",
  );
});

test.each(["", "a:b", "a b", "a\nb"])("refuses the user %p", (user) => {
  expect(() => Access.basicAuth(user, Secret.named("ADMIN_PASSWORD"))).toThrow(
    `access: user "${user}" must have letters, digits, dots, dashes and underscores only`,
  );
});
