// Loaded before a program: when it ends, its last line of output is the CPU time it took, in seconds.
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);
});
