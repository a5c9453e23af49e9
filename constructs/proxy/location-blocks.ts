import { type Location, pattern, spellings } from "./locations";

/**
 * The locations of a server. Nginx takes the longest path that fits; but services take many spellings for the same path, so
 * a path that is guarded is a regular expression that fits them all. Those come before all plain folders, which is why what
 * is below one is a regular expression as well; the first that fits counts, so the longest is first.
 *
 * Below a guard, an answer of the proxy's own holds for every spelling, too. A route without a guard is for the letter alone
 * there: a spelling that only the proxy takes for the open path would get past the guard above.
 */
export function locationBlocks(locations: readonly Location[]): string {
  const guards = guardsOf(locations);
  const above = (location: Location) => guards.filter((guard) => guard !== location && isBelow(location, guard));
  const asTolerant = (location: Location) =>
    guards.includes(location) || (location.answer && above(location).length > 0);
  const matched = locations.filter(
    (location) => asTolerant(location) || (location.path.endsWith("/") && above(location).length > 0),
  );
  const plain = locations.filter((location) => !matched.includes(location));
  const longestFirst = matched.sort((a, b) => b.path.length - a.path.length);
  const matchedBlock = (location: Location) =>
    asTolerant(location)
      ? tolerantBlock(location, Boolean(location.answer) || above(location).every(({ guard }) => guard !== "bar"))
      : literalBlock(location);
  return [...plain.map(plainBlock), ...longestFirst.map(matchedBlock)].join("");
}

/** Those that Nginx could be led around. */
export function guardsOf(locations: readonly Location[]): Location[] {
  return locations.filter(({ path, guard }) => guard && path !== "/");
}

export function plainBlock({ path, lines, target }: Location): string {
  const passing = target ? [`proxy_pass http://${target.upstream}${target.to ?? ""};`] : [];
  return block(path.endsWith("/") ? path : `= ${path}`, [...lines, ...passing]);
}

/** A folder below a guarded one. */
function literalBlock({ path, lines, target }: Location): string {
  const from = `^${pattern(path)}`;
  return block(`~ ${from}`, [...lines, ...passing(from, path, target)]);
}

function tolerantBlock({ path, lines, target }: Location, scripts: boolean): string {
  const isFolder = path.endsWith("/");
  const from = spellings(path, scripts);
  // As Nginx does by itself for a plain folder.
  const completed = isFolder && target ? [`rewrite "(?i)${from}$" ${path} permanent;`] : [];
  return block(`~* "${from}${isFolder ? "(?:/|$)" : "/?$"}"`, [
    ...completed,
    ...lines,
    ...passing(`(?i)${from}${isFolder ? "/" : "/?$"}`, path, target),
  ]);
}

/** Below a regular expression, proxy_pass can't replace the path. */
function passing(from: string, path: string, target: Location["target"]): string[] {
  if (!target) return [];
  const { upstream, to } = target;
  const rewrite = path.endsWith("/") ? `rewrite "${from}(.*)$" ${to}$1 break;` : `rewrite "${from}" ${to} break;`;
  return [...(to ? [rewrite] : []), `proxy_pass http://${upstream};`];
}

function isBelow({ path }: Location, guard: Location): boolean {
  const folder = guard.path.endsWith("/") ? guard.path : `${guard.path}/`;
  return path.toLowerCase().startsWith(folder.toLowerCase());
}

function block(match: string, lines: readonly string[]): string {
  return `
    location ${match} {
${lines.map((line) => `      ${line}\n`).join("")}    }
`;
}
