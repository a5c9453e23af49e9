import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { checkNetwork } from "./access";
import type { Answer, NginxProxyProps } from "./nginx-proxy-props";
import { mistakeIn, type RouteOptions } from "./route-options";

export function checkProps(scope: Construct, props: NginxProxyProps): void {
  const { concurrentRequestsPerClient = 1, ports, trustedProxies = [] } = props;
  if (ports && ports.http === ports.https) {
    throw new InvalidInput(scope, `ports http and https are both ${ports.http}; they must differ`);
  }
  if (!Number.isInteger(concurrentRequestsPerClient) || concurrentRequestsPerClient < 1) {
    throw new InvalidInput(
      scope,
      `concurrentRequestsPerClient must be a whole number of at least 1, got ${concurrentRequestsPerClient}`,
    );
  }
  for (const network of trustedProxies) checkNetwork(`${scope.node.path}: trustedProxies`, network);
}

export function checkRoute(scope: Construct, path: string, options: RouteOptions): void {
  const mistake = mistakeIn(options);
  if (mistake) throw new InvalidInput(scope, `route ${path}: ${mistake}`);
}

export function checkTarget(scope: Construct, path: string, to: string): void {
  if (!/^(https?:\/\/[\w.-]+(:\d+)?)?\/[\w\-./~%?&=#]*$/.test(to)) {
    throw new InvalidInput(
      scope,
      `redirect of ${path} to "${to}" must lead to a path or a URL, like "/new/" or "https://new.example/"`,
    );
  }
  if (path === to) throw new InvalidInput(scope, `redirect of ${path} leads to itself`);
}

export function checkAnswer(scope: Construct, path: string, { status = 200, body, type = "text/plain" }: Answer): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new InvalidInput(scope, `answer to ${path}: status must be a number from 200 to 599, got ${status}`);
  }
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) {
    throw new InvalidInput(scope, `answer to ${path}: type "${type}" must be a media type, like "text/html"`);
  }
  if (body.includes("$")) {
    throw new InvalidInput(scope, `answer to ${path}: Nginx would take what follows "$" for a variable; leave it out`);
  }
}
