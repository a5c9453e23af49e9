import { request } from "node:https";

/**
 * Whether this machine's proxy answers with 200. It is asked by address, so that no DNS is needed, and its self-signed
 * certificate is accepted here and nowhere else.
 */
export function answers(domain: string, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path,
        servername: domain,
        headers: { host: `${domain}:${port}` },
        rejectUnauthorized: false,
        timeout: 3000,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.on("error", () => resolve(false));
    call.on("timeout", () => call.destroy(new Error("no answer")));
    call.end();
  });
}
