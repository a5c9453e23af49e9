import { join } from "node:path";
import { script } from "../runtime/script";
import type { Certificates } from "./certificates";

/** One certificate for all hosts, which the proxy makes for itself. */
export const SELF_SIGNED: Certificates = {
  models: (hosts) => [{ name: "self-signed", hosts }],
  offered: script(join(__dirname, "self-signed.sh")),
};
