import { proxyConfigs } from "../../../scripts/show/proxy-config";

const WEB = { name: 'shop-test-web-${formatdate("YYMMDD", plantimestamp())}-1' };

function release(nginx: string, upstreams: string) {
  const upload = [
    { file: "/release/nginx.conf", content: nginx },
    { file: "/release/upstreams.conf", content: upstreams },
  ];
  return { name: "shop-test-proxy-config-release", upload };
}

test("has the upstreams in their place, with the names of containers as far as they are known", () => {
  const config = "http {\n  include /tmp/upstreams.conf;\n}\n";
  const upstreams = "upstream web {\n  server ${docker_container.web_1.name}:3000;\n\n}\n";
  expect(proxyConfigs({ web_1: WEB, proxy: release(config, upstreams) })).toEqual([
    "http {\n  upstream web {\n    server shop-test-web-…-1:3000;\n\n  }\n}\n",
  ]);
});

test("reads as Nginx will read it, not as Terraform does", () => {
  expect(proxyConfigs({ proxy: release('return 200 "$${a} %%{b}";\n', "") })).toEqual(['return 200 "${a} %{b}";\n']);
});

test("is there once for each proxy", () => {
  expect(proxyConfigs({ web_1: WEB })).toEqual([]);
  expect(proxyConfigs({ one: release("1", ""), two: release("2", "") })).toEqual(["1", "2"]);
});
