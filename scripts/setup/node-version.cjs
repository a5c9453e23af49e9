// Loaded before anything else: ends the process on a Node that package.json leaves out, in a sentence instead of some
// library's stack trace. Every Node has to understand this file, so it needs nothing but Node itself.
const { engines } = require("../../package.json");

const [oldest, tooNew] = engines.node.match(/\d+/g).map(Number);
const major = Number(process.versions.node.split(".")[0]);
if (major < oldest || major >= tooNew) {
  console.error(
    `error: Node ${oldest} to ${tooNew - 1} is needed, this is ${process.version}; install one from your system's packages or nodejs.org`,
  );
  process.exit(1);
}
