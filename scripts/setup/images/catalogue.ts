import { join } from "node:path";

/** An image built here from Debian packages, which keeps the contract of the official one it stands for. */
export interface StandIn {
  /** The official image's name and tag. */
  readonly reference: string;
  /** Folder beside this file with its Dockerfile. */
  readonly folder: string;
  /** Debian release whose packages have the version the tag promises. */
  readonly suite: "bookworm" | "trixie" | "forky" | "sid";
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Folder of the application whose npm packages it brings along. */
  readonly npmPackagesOf?: string;
}

/** What the stack of `npm run up` is made of, and what its backups' image is built with. */
export const NEEDED: readonly [StandIn, ...StandIn[]] = [
  { reference: "nginx:1.30", folder: "nginx", suite: "forky" },
  { reference: "postgres:18", folder: "postgres", suite: "forky" },
  { reference: "redis:8", folder: "redis", suite: "forky" },
  { reference: "python:3.14-slim", folder: "python", suite: "forky" },
  { reference: "restic/restic:0.19.0", folder: "restic", suite: "forky" },
];

/** What only tests of older versions ask for. */
export const EXTRA: readonly StandIn[] = [
  {
    reference: "postgres:15",
    folder: "postgres",
    suite: "bookworm",
    buildArgs: { MAJOR: "15", DATA: "/var/lib/postgresql/data", DATA_VOLUME: "/var/lib/postgresql/data" },
  },
  {
    reference: "postgres:17",
    folder: "postgres",
    suite: "trixie",
    buildArgs: { MAJOR: "17", DATA: "/var/lib/postgresql/data", DATA_VOLUME: "/var/lib/postgresql/data" },
  },
  { reference: "mariadb:10.11", folder: "mariadb", suite: "bookworm" },
];

/** What only tests of backups ask for. */
export const BACKUP: readonly StandIn[] = [
  { reference: "debian:13-slim", folder: "debian", suite: "trixie" },
  { reference: "mysql:8.4", folder: "mysql", suite: "sid" },
  { reference: "mariadb:11.8", folder: "mariadb", suite: "forky" },
  { reference: "restic/rest-server:0.14.0", folder: "rest-server", suite: "forky" },
];

/** What only tests of the systems other than CHE·NU ask for, besides what those of backups do. */
export const SYSTEMS: readonly StandIn[] = [
  {
    reference: "node:24-slim",
    folder: "node",
    suite: "forky",
    npmPackagesOf: join(__dirname, "..", "..", "..", "examples", "staka-livres", "backend"),
  },
];

/** What only tests of certificates ask for. */
export const CERTIFICATES: readonly StandIn[] = [
  { reference: "goacme/lego:v4.35.2", folder: "lego", suite: "forky" },
  { reference: "drwetter/testssl.sh:3.2", folder: "testssl", suite: "forky" },
];
