/** A badge for READMEs: the method's rank in a suite, as a small SVG without script or outside host. */
import type { BoardAnswer } from "../leaderboard/service.ts";

export const escapeXml = (text: string) =>
  text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\uFFFD]/g, "");

/** Verdana's average at 11 px, near enough for a label. */
const LETTER = 6.8;
const PAD = 12;

export function badge(board: BoardAnswer, slug: string): string {
  const row = board.rows.find(({ method }) => method.slug === slug);
  const place = row?.rank == null ? "not ranked" : `#${row.rank} of ${board.rankedCount}`;
  const label = board.suite.title;
  const [left, right] = [label, place].map((text) => Math.round(text.length * LETTER + PAD)) as [
    number,
    number,
  ];
  const colour = row?.rank === 1 ? "#8a6d00" : row?.rank == null ? "#555" : "#2b5d8c";
  const title = escapeXml(`${row?.method.name ?? slug}, ${label}: ${place}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}">
<title>${title}</title>
<rect width="${left + right}" height="20" rx="3" fill="#444"/>
<path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z" fill="${colour}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="${left / 2}" y="14">${escapeXml(label)}</text>
<text x="${left + right / 2}" y="14">${escapeXml(place)}</text>
</g>
</svg>
`;
}
