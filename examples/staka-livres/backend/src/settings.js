/** What the environment says, read once. A missing name ends the process with one line. */
export function required(name) {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set`);
  process.exit(1);
}

export const DATABASE_URL = required("DATABASE_URL");
export const RELEASE = process.env.RELEASE || "dev";
