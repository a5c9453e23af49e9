/** This machine's processor, as Go and Terraform name it. */
export function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
