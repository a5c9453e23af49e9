import { run } from "../../run";

/** Removes a machine's control group with those below it, all empty: its engine can't once it is dead itself. */
export async function removeControlGroups(path: string): Promise<void> {
  // Those of other machines come and go meanwhile.
  const groups = `-ignore_readdir_race -depth -type d ( -path *${path} -o -path *${path}/* ) -exec rmdir {} ;`;
  await run("find", ["/sys/fs/cgroup", ...groups.split(" ")]);
}
