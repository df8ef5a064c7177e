/** Atom feeds (RFC 4287) of what the ledger gained and lost, for a method or a suite. */
import type { Context } from "../../context.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { escapeXml } from "./badge.ts";

export const ENTRIES = 50;

export interface FeedQuestion {
  readonly path: string;
  readonly title: string;
  readonly methods?: readonly Method[];
  readonly measures?: readonly Measure[];
}

export interface Change {
  readonly id: string;
  readonly title: string;
  readonly at: Date;
  readonly link: string;
}

export async function feed(
  { path, title, methods, measures }: FeedQuestion,
  context: Context,
): Promise<string> {
  const { catalogue } = await context.snapshot();
  const { db, siteUrl } = context;
  const where = {
    ...(methods && { methodId: { in: methods.map(({ id }) => id) } }),
    ...(measures && { measureId: { in: measures.map(({ id }) => id) } }),
  };
  const [added, retracted] = await Promise.all([
    db.prisma.result.findMany({ where, orderBy: { id: "desc" }, take: ENTRIES }),
    db.prisma.retraction.findMany({
      where: { result: where },
      orderBy: { recordedAt: "desc" },
      take: ENTRIES,
      include: { result: true },
    }),
  ]);
  const nameOf = ({ methodId, measureId, value }: { methodId: number; measureId: number; value: number }) =>
    `${catalogue.methodById(methodId).name}, ${catalogue.measureById(measureId).title}: ${value}`;
  const linkOf = ({ methodId }: { methodId: number }) =>
    `${siteUrl}/methods/${catalogue.methodById(methodId).slug}`;
  const changes: Change[] = [
    ...added.map((row) => ({
      id: `result:${row.id}`,
      title: `${row.supersedesId === null ? "" : "Corrected: "}${nameOf(row)} (${row.provenance})`,
      at: row.recordedAt,
      link: linkOf(row),
    })),
    ...retracted.map(({ result, reason, recordedAt }) => ({
      id: `retraction:${result.id}`,
      title: `Retracted: ${nameOf(result)}. ${reason}`,
      at: recordedAt,
      link: linkOf(result),
    })),
  ];
  changes.sort((a, b) => b.at.getTime() - a.at.getTime());
  const shown = changes.slice(0, ENTRIES);
  return atom({ path, title, changes: shown });
}

/** @param changes the newest first */
export function atom({
  path,
  title,
  changes,
}: {
  readonly path: string;
  readonly title: string;
  readonly changes: readonly Change[];
}): string {
  const entries = changes.map(
    ({ id, title: what, at, link }) => `<entry>
<id>urn:transferboard:${id}</id>
<title>${escapeXml(what)}</title>
<updated>${at.toISOString()}</updated>
<link href="${escapeXml(link)}"/>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:transferboard:${escapeXml(path)}</id>
<title>${escapeXml(title)}</title>
<updated>${(changes[0]?.at ?? new Date(0)).toISOString()}</updated>
<author><name>transferboard</name></author>
<link rel="self" href="${escapeXml(path)}"/>
${entries.join("\n")}
</feed>
`;
}
