/**
 * Protocols that come with a submission, so that a server that has never seen them can say how they differ from others.
 * A fingerprint is believed only where it is the hash of the body that stands beside it.
 */
import type { TransactionClient } from "@transferboard/prisma";
import { fingerprint as fingerprintOf, type Json } from "@transferboard/vocabulary/canonical-json";
import type { SubmissionBody } from "./body.ts";
import { type Draft, type Fault, fault } from "./faults/fault.ts";
import type { Parts } from "./parts.ts";

/** The setting that a measure begins with. */
export const settingOf = (measure: string): string => measure.slice(0, measure.indexOf("/"));

/** What the submission says of its protocols, for one that may be of a setting already. */
export function wrongSetting(measure: string, setting: string, place: string): Fault[] {
  if (settingOf(measure) === setting) return [];
  const expected = `a measure of ${setting}`;
  return [fault(place, `The protocol is of the setting ${setting}.`, { expected })];
}

export function protocolFaults({ protocols, values, named }: Parts, placeOf: Draft["placeOf"]): Fault[] {
  const seen = new Map<string, number>();
  return protocols.flatMap(({ fingerprint, body, at: i }) => {
    const place = placeOf(["protocols", i, "fingerprint"]);
    const before = seen.get(fingerprint);
    if (before !== undefined) {
      const message = `The protocol is here already, at ${placeOf(["protocols", before])}.`;
      return [fault(place, message, { expected: "each protocol once" })];
    }
    seen.set(fingerprint, i);
    const hash = fingerprintOf(body as Json);
    if (hash !== fingerprint) {
      const message = "The fingerprint is not that of the body beside it.";
      return [
        fault(place, message, { expected: `${hash}, the SHA-256 of the body's canonical JSON (RFC 8785)` }),
      ];
    }
    const users = values.filter(({ protocol }) => protocol === fingerprint);
    if (!named.has(fingerprint)) {
      return [
        fault(placeOf(["protocols", i]), "No value names this protocol.", { expected: "a value under it" }),
      ];
    }
    const [first, ...others] = users;
    return others.flatMap(({ measure, at }) =>
      wrongSetting(measure, settingOf(first!.measure), placeOf(["values", at, "protocol"])),
    );
  });
}

/** Adds those that are not recorded yet. */
export async function recordProtocols(
  { protocols = [], values }: SubmissionBody,
  tx: TransactionClient,
): Promise<void> {
  if (protocols.length === 0) return;
  const settings = new Map(values.map(({ protocol, measure }) => [protocol, settingOf(measure)]));
  const titles = new Map(
    (await tx.setting.findMany({ where: { slug: { in: [...settings.values()] } } })).map(
      ({ slug, title }) => [slug, title],
    ),
  );
  await tx.protocol.createMany({
    data: protocols.map(({ fingerprint, title, body }) => {
      const settingSlug = settings.get(fingerprint)!;
      return {
        fingerprint,
        settingSlug,
        title: title ?? `${titles.get(settingSlug)}, as submitted`,
        body: body as object,
      };
    }),
    skipDuplicates: true,
  });
}
