import { postgresSettings } from "../../../constructs/data/postgres-settings";

test.each([
  [128, "32MB", "96MB", "16MB", "1MB"],
  [512, "128MB", "384MB", "32MB", "1MB"],
  [2048, "512MB", "1536MB", "128MB", "7MB"],
  [16384, "4096MB", "12288MB", "1024MB", "61MB"],
])("gives a server with %p MiB %s of buffers", (memory, buffers, cache, maintenance, work) => {
  expect(postgresSettings(memory)).toEqual({
    shared_buffers: buffers,
    effective_cache_size: cache,
    maintenance_work_mem: maintenance,
    work_mem: work,
    max_connections: "100",
    wal_compression: "on",
    checkpoint_completion_target: "0.9",
  });
});

test("never promises more memory than the server has, with every connection at work", () => {
  for (const memory of [512, 1024, 4096, 32768]) {
    const { shared_buffers, work_mem, max_connections } = postgresSettings(memory);
    const promised = parseInt(shared_buffers ?? "", 10) + parseInt(work_mem ?? "", 10) * Number(max_connections);
    expect(promised).toBeLessThanOrEqual(memory);
  }
});
