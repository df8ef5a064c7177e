/** Suggestions for a name that is not there are links: to the address that was asked for, with the near name in its place. */

/** Null where the address does not hold the name that `message` quotes, or leads to another site. */
export function nearestAddress(asked: string | null, message: string, nearest: string): string | null {
  const unknown = /'([^']+)'/.exec(message)?.[1];
  if (!unknown || !asked || !/^\/(?![/\\])/.test(asked)) return null;
  const written = [
    unknown,
    encodeURIComponent(unknown),
    unknown.split("/").map(encodeURIComponent).join("/"),
  ];
  const found = written.find((one) => asked.includes(one));
  return found ? asked.replace(found, nearest.split("/").map(encodeURIComponent).join("/")) : null;
}
