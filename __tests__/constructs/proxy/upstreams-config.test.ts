import { upstreamsConfig } from "../../../constructs/proxy/upstreams-config";

test("has an upstream for each service, and chooses among replicas by how busy they are", () => {
  expect(
    upstreamsConfig([
      { name: "web", addresses: ["web-1:8080"], sticky: false },
      { name: "api", addresses: ["api-1:3000", "api-2:3000"], sticky: false },
    ]),
  ).toBe(`upstream web {
  zone web 64k;
  server web-1:8080;
  keepalive 32;
  keepalive_timeout 4s;
}

upstream api {
  zone api 64k;
  least_conn;
  server api-1:3000 max_fails=10 fail_timeout=2s;
  server api-2:3000 max_fails=10 fail_timeout=2s;
  keepalive 32;
  keepalive_timeout 4s;
}
`);
});

test("marks a client with a cookie that scripts can't read where it is to stay with a replica", () => {
  expect(upstreamsConfig([{ name: "web-sticky", addresses: ["web-1:8080"], sticky: true }])).toContain(
    "  sticky cookie replica path=/ secure httponly samesite=lax;\n",
  );
});
