import { type Location, pattern } from "./locations";

/**
 * The locations of a server. Nginx takes the longest path that fits; but many services don't care about case or a slash at
 * the end, so a path that is guarded is a regular expression that doesn't either. Those come before all plain folders,
 * which is why folders below one are regular expressions as well; the first that fits counts, so the longest is first.
 */
export function locationBlocks(locations: readonly Location[]): string {
  const guards = locations.filter(({ path, guarded }) => guarded && path !== "/");
  const isBelow = ({ path }: Location) =>
    path.endsWith("/") && guards.some((guard) => path.toLowerCase().startsWith(folder(guard).toLowerCase()));
  const matched = locations.filter((location) => guards.includes(location) || isBelow(location));
  const plain = locations.filter((location) => !matched.includes(location));
  const longestFirst = matched.sort((a, b) => b.path.length - a.path.length);
  return [...plain.map(plainBlock), ...longestFirst.map(matchedBlock)].join("");
}

export function plainBlock({ path, lines, target }: Location): string {
  const passing = target ? [`proxy_pass http://${target.upstream}${target.to ?? ""};`] : [];
  return block(path.endsWith("/") ? path : `= ${path}`, [...lines, ...passing]);
}

function matchedBlock({ path, lines, target, guarded }: Location): string {
  const isFolder = path.endsWith("/");
  const bare = pattern(isFolder ? path.slice(0, -1) : path);
  if (!guarded) return block(`~ ^${bare}/`, [...lines, ...passing(`^${bare}/`, path, target)]);
  // As Nginx does by itself for a plain folder.
  const completed = isFolder ? [`rewrite (?i)^${bare}$ ${path} permanent;`] : [];
  const end = isFolder ? "(/|$)" : "/?$";
  return block(`~* ^${bare}${end}`, [
    ...completed,
    ...lines,
    ...passing(`(?i)^${bare}/${isFolder ? "" : "?$"}`, path, target),
  ]);
}

/** Below a regular expression, proxy_pass can't replace the path. */
function passing(from: string, path: string, target: Location["target"]): string[] {
  if (!target) return [];
  const { upstream, to } = target;
  const rewrite = path.endsWith("/") ? `rewrite ${from}(.*)$ ${to}$1 break;` : `rewrite ${from} ${to} break;`;
  return [...(to ? [rewrite] : []), `proxy_pass http://${upstream};`];
}

function folder({ path }: Location): string {
  return path.endsWith("/") ? path : `${path}/`;
}

function block(match: string, lines: readonly string[]): string {
  return `
    location ${match} {
${lines.map((line) => `      ${line}\n`).join("")}    }
`;
}
