// Sees to node_modules before anything that lives in it can run; so this file needs nothing but Node itself.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
require("./node-version.cjs");

const project = join(__dirname, "..", "..");
const mark = join(project, "node_modules", ".portolan-lock");

const lock = createHash("sha256")
  .update(readFileSync(join(project, "package-lock.json")))
  .digest("hex");
if (!existsSync(mark) || readFileSync(mark, "utf8") !== lock) {
  console.log("Installing Node dependencies (npm ci)");
  const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", options, { cwd: project, stdio: "inherit" });
  if (error) fail(`npm could not be started: ${error.message}. Install it, then try again.`);
  if (status !== 0)
    fail("Node dependencies could not be installed; npm says why above. Then try again, or type: npm ci");
  writeFileSync(mark, lock);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
