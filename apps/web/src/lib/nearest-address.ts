/** Suggestions for a name that is not there are links: to the address that was asked for, with the near name in its place. */

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Null where the address does not hold the name that `message` quotes, or leads to another site. */
export function nearestAddress(asked: string | null, message: string, nearest: string): string | null {
  const unknown = /'([^']+)'/.exec(message)?.[1];
  if (!unknown || !asked || !/^\/(?![/\\])/.test(asked)) return null;
  const written = [
    unknown,
    encodeURIComponent(unknown),
    unknown.split("/").map(encodeURIComponent).join("/"),
  ];
  const near = nearest.split("/").map(encodeURIComponent).join("/");
  // A whole part of the path, or a whole value: the method 'm' is not the first letter of /methods.
  const whole = (one: string) => new RegExp(`(?<=[/=,]|%2C)${escaped(one)}(?=[/?&,]|%2C|$)`);
  const found = written.map(whole).find((one) => one.test(asked));
  return found ? asked.replace(found, near) : null;
}
