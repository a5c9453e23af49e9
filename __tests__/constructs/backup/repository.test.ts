import { Backup } from "../../../constructs/backup/backup";
import { Repository } from "../../../constructs/backup/repository";
import { Files } from "../../../constructs/data/files";
import { shop, synthesised } from "../../synthesised";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHv6uKqj1mNfZc0oYtXwEr5sLdPb3gVaQiUh8xR2kTyM";

test("has a folder for each database", () => {
  const addresses = [
    Repository.local(),
    Repository.s3({ bucket: "backups" }),
    Repository.s3({ bucket: "backups", endpoint: "http://127.0.0.1:9000/", prefix: "a/b" }),
    Repository.rest("https://backups.example/shop/"),
    Repository.sftp({ user: "keep", host: "nas.example", path: "/srv/backups/", hostKeys: [HOST_KEY] }),
  ].map((repository) => repository.addressOf("shop-test-db"));
  expect(addresses).toEqual([
    "/repository",
    "s3:https://s3.amazonaws.com/backups/shop-test-db",
    "s3:http://127.0.0.1:9000/backups/a/b/shop-test-db",
    "rest:https://backups.example/shop/shop-test-db",
    "sftp://keep@nas.example:22//srv/backups/shop-test-db",
  ]);
});

test("asks for the secrets of its kind, as the files that the backup container reads", () => {
  const names = (repository: Repository) =>
    Object.entries(repository.credentials(shop(), "DB_OFFSITE", "OFFSITE")).map(
      ([file, secret]) => `${file}: ${secret}`,
    );
  expect(names(Repository.local())).toEqual([]);
  expect(names(Repository.s3({ bucket: "backups" }))).toEqual([
    "aws-access-key-id: [secret DB_OFFSITE_ACCESS_KEY_ID]",
    "aws-secret-access-key: [secret DB_OFFSITE_SECRET_ACCESS_KEY]",
  ]);
  expect(names(Repository.rest("https://backups.example"))).toEqual([
    "rest-username: [secret DB_OFFSITE_USERNAME]",
    "rest-password: [secret DB_OFFSITE_HTTP_PASSWORD]",
  ]);
});

test.each([
  [22, "nas.example"],
  [2222, "[nas.example]:2222"],
])("pins the key of an SSH server on port %p", (port, known) => {
  const repository = Repository.sftp({ user: "keep", host: "nas.example", port, path: "/b", hostKeys: [HOST_KEY] });
  expect(repository.credentials(shop(), "DB_OFFSITE", "OFFSITE")["ssh-known-hosts"]).toBe(`${known} ${HOST_KEY}\n`);
});

test("may be append-only for the host, wherever it is", () => {
  const server = { user: "keep", host: "nas.example", path: "/b", hostKeys: [HOST_KEY] };
  const all = (appendOnly?: boolean) =>
    [
      Repository.s3({ bucket: "backups", appendOnly }),
      Repository.rest("https://backups.example", { appendOnly }),
      Repository.sftp({ ...server, appendOnly }),
    ].map((repository) => repository.appendOnly);
  expect(all()).toEqual([false, false, false]);
  expect(all(true)).toEqual([true, true, true]);
});

test("tells S3 the region where it has to be told", () => {
  expect(Repository.s3({ bucket: "backups", region: "auto" }).environment).toEqual({ AWS_DEFAULT_REGION: "auto" });
  expect(Repository.s3({ bucket: "backups" }).environment).toEqual({});
});

test.each(["ftp://backups.example", "backups.example", ""])("refuses the address %p", (url) => {
  expect(() => Repository.rest(url)).toThrow(`repository address "${url}" must begin with https:// or http://`);
});

test("refuses a password in an address, and does not repeat it", () => {
  expect(() => Repository.rest("https://me:hunter2@backups.example")).toThrow(
    new Error("a repository's address must have no user and no password; they are secrets of the environment"),
  );
});

test("refuses an SSH server without a key or an absolute path", () => {
  const server = { user: "keep", host: "nas.example", path: "/b", hostKeys: [HOST_KEY] };
  expect(() => Repository.sftp({ ...server, hostKeys: [] })).toThrow(
    "repository sftp://nas.example has no host key; add what `ssh-keyscan nas.example` prints",
  );
  expect(() => Repository.sftp({ ...server, path: "b" })).toThrow('repository path "b" must be absolute');
});

test("takes the private key of an SSH server in one line", () => {
  const offsite = Repository.sftp({ user: "keep", host: "nas.example", path: "/b", hostKeys: [HOST_KEY] });
  const stack = synthesised((shop) => {
    new Files(shop, "uploads", { backup: Backup.nightly({ offsite }) });
  });
  expect(stack.container("uploads/backup/secrets/write").upload).toContainEqual({
    file: "/secrets/offsite-ssh-key",
    content:
      "${base64decode((length(var.UPLOADS_OFFSITE_SSH_KEY) >= 1) ? var.UPLOADS_OFFSITE_SSH_KEY : var.OFFSITE_SSH_KEY)}",
  });
});
