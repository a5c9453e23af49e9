/** This machine's processor, as Go and Terraform name it. */
export function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

/** System and processor, as in the names of what Terraform's registries offer: `linux_amd64`, `darwin_arm64`. */
export function platform(): string {
  return `${process.platform}_${architecture()}`;
}
