/**
 * Where an environment's secrets are on this machine, relative to the project. Its lines read `NAME="value"`, which is
 * Terraform's own form of variables as well as every dotenv reader's.
 */
export function secretsFile(system: string, environment: string): string {
  return `.env.${system}.${environment}`;
}
