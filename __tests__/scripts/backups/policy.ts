/** What a backup's description says beside names and places, for tests that are about something else. */
export const POLICY = {
  writers: [],
  releaseJobs: [],
  schedule: "0 3 * * *",
  rounds: "0 3 * * *",
  timeZone: "UTC",
  password: "DB_REPOSITORY_PASSWORD",
  keep: "within 30d",
};
