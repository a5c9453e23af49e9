/**
 * Settings of a server that has `memory` MiB for itself, after the rules of the PostgreSQL manual (19.4, "Resource
 * Consumption"): a quarter of the memory for the shared buffers, and the planner told of three quarters as cache.
 */
export function postgresSettings(memory: number): Readonly<Record<string, string>> {
  const connections = 100;
  return {
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor((memory * 3) / 4)}MB`,
    maintenance_work_mem: `${Math.max(16, Math.floor(memory / 16))}MB`,
    // Half of what the buffers leave, shared by all connections; a sort may take it several times.
    work_mem: `${Math.max(1, Math.floor((memory * 3) / 8 / connections))}MB`,
    max_connections: String(connections),
    wal_compression: "on",
    checkpoint_completion_target: "0.9",
  };
}
