import { StaticSite, type StaticSiteProps } from "../../../constructs/app/static-site";
import { ImageSource } from "../../../constructs/runtime";
import { type Synthesised, shop, synthesised } from "../../synthesised";

function site(props: Partial<StaticSiteProps> = {}): Synthesised {
  return synthesised((shop) => {
    new StaticSite(shop, "site", { image: ImageSource.official("shop/site:1"), ...props });
  });
}

function configOf(stack: Synthesised): string {
  const [, file] = stack.container("site/config/release").upload ?? [];
  return file?.content ?? "";
}

test("serves pages on a port that needs no privilege, and says that it is healthy there", () => {
  const stack = site();
  expect(stack.container("site")).toMatchObject({ user: "nginx", memory: 64, read_only: true, stop_signal: "SIGQUIT" });
  expect(stack.container("site").healthcheck?.test[1]).toContain("http://127.0.0.1:8080/-/health");
  expect(configOf(stack)).toContain("listen 8080;");
  expect(configOf(stack)).toContain("location = /-/health {");
  // Nobody outside may be sent to the container's own port.
  expect(configOf(stack)).toContain("absolute_redirect off;");
});

test("answers unknown paths with 404, or with the page that does its own routing", () => {
  expect(configOf(site())).toContain("try_files $uri $uri/ =404;");
  expect(configOf(site({ singlePage: true }))).toContain("try_files $uri $uri/ /index.html;");
});

test("finds the pages where the image has them", () => {
  expect(configOf(site())).toContain("root /usr/share/nginx/html;");
  expect(configOf(site({ root: "/srv/pages" }))).toContain("root /srv/pages;");
});

test("starts with the very version of its configuration, after that was written", () => {
  const stack = site();
  const [, version] = stack.container("site/config/release").command ?? [];
  expect(stack.container("site")).toMatchObject({
    command: ["-c", `/etc/portolan/releases/${version}/nginx.conf`, "-g", "daemon off;"],
    depends_on: [stack.addressOf("site/config/release")],
  });
});

test("is replaced by a container that starts before it stops, each replica", () => {
  const containers = site({ replicas: 2 }).containers("site");
  expect(containers.map(({ lifecycle }) => lifecycle.create_before_destroy)).toEqual([true, true]);
});

test("refuses to be without an image, which only types would notice", () => {
  expect(() => new StaticSite(shop(), "site", {} as StaticSiteProps)).toThrow(
    new Error("test/site: has no image; add `image: …`"),
  );
});
