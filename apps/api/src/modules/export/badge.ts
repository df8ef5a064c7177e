/** A badge for READMEs: the method's rank in a suite, as a small SVG without script or outside host. */
import type { Method } from "../catalogue/entities.ts";
import type { BoardAnswer } from "../leaderboard/service.ts";
import { AGGREGATE_NAMES } from "./cite.ts";

export const escapeXml = (text: string) =>
  text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\uFFFD]/g, "");

/** Verdana's average at 11 px, near enough for a label. */
const LETTER = 6.8;
const PAD = 12;

const COLOURS = { first: "#8a6d00", ranked: "#2b5d8c", none: "#555" } as const;

/** `title` is what a reader without the picture is told. */
function draw(label: string, words: string, colour: string, title: string): string {
  const [left, right] = [label, words].map((text) => Math.round(text.length * LETTER + PAD)) as [
    number,
    number,
  ];
  const told = escapeXml(title);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${told}">
<title>${told}</title>
<rect width="${left + right}" height="20" rx="3" fill="#444"/>
<path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z" fill="${colour}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="${left / 2}" y="14">${escapeXml(label)}</text>
<text x="${left + right / 2}" y="14">${escapeXml(words)}</text>
</g>
</svg>
`;
}

/** An aggregate other than the suite's own is named, so that two badges of one suite do not contradict each other. */
export function badge({ suite, aggregate, rows, rankedCount }: BoardAnswer, method: Method): string {
  const rank = rows.find((row) => row.method === method)?.rank ?? null;
  const place = rank === null ? "not ranked" : `#${rank} of ${rankedCount}`;
  const by = aggregate === suite.aggregate ? "" : ` by ${AGGREGATE_NAMES[aggregate]}`;
  const label = `${suite.title}${by}`;
  const colour = rank === 1 ? COLOURS.first : rank === null ? COLOURS.none : COLOURS.ranked;
  return draw(label, place, colour, `${method.name}, ${label}: ${place}`);
}

/** A badge that says what is wrong with its address. */
export const wordBadge = (words: string, why: string): string =>
  draw("transferboard", words, COLOURS.none, `${words}: ${why}`);
