/** The Atom feed of claims: each change of a state, the first included, and nothing else. */
import type { Context } from "../../context.ts";
import { atom, type Change, ENTRIES } from "../export/feed.ts";
import { allClaims } from "./service.ts";

const WORDS = {
  HOLDING: "holds",
  SHAKEN: "is shaken: the value is not as asserted, its interval still reaches there",
  OVERTURNED: "is overturned",
  UNANSWERABLE: "has no answer",
} as const;

export async function claimsFeed(path: string, context: Context): Promise<string> {
  const claims = await allClaims(context);
  const changes = claims.flatMap(({ id, text, events }) =>
    events.map(({ eventId, event, state, value, lower, upper, reason }): Change => {
      const interval = lower === null || upper === null ? "" : ` (95%: ${lower} to ${upper})`;
      const found = value === null ? (reason ?? "") : `the answer is ${value}${interval}`;
      return {
        id: `claim:${id}:${eventId}`,
        title: `${text}: ${WORDS[state]}; ${found}`,
        at: event.at,
        link: `${context.siteUrl}/claims#${id}`,
      };
    }),
  );
  changes.sort((a, b) => b.at.getTime() - a.at.getTime());
  return atom({ path, title: "transferboard: claims", changes: changes.slice(0, ENTRIES) });
}
