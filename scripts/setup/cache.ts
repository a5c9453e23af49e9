import { homedir } from "node:os";
import { join } from "node:path";

/** Where what was fetched or built once is kept for this user; it may be deleted at any time. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portolan");
