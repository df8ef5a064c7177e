/** What only the database can tell of a submission: protocols that are recorded, weights, entries that can be corrected. */
import type { Context } from "../../../context.ts";
import { checkpointFaults } from "../checkpoint.ts";
import type { Parts } from "../parts.ts";
import { wrongSetting } from "../protocols.ts";
import { type Draft, type Fault, fault } from "./fault.ts";

export async function ledgerFaults(
  parts: Parts,
  placeOf: Draft["placeOf"],
  { db }: Pick<Context, "db">,
): Promise<Fault[]> {
  const named = (field: "protocol" | "corrects") =>
    parts.values.flatMap((value) => {
      const key = value[field];
      return key === undefined ? [] : [{ key, value, i: value.at }];
    });
  const protocols = named("protocol");
  const corrections = parts.method ? named("corrects") : [];
  const faults = await checkpointFaults(parts, placeOf, db);
  if (protocols.length > 0) {
    const rows = await db.prisma.protocol.findMany({
      where: { fingerprint: { in: [...new Set(protocols.map(({ key }) => key))] } },
      select: { fingerprint: true, settingSlug: true },
    });
    const settings = new Map(rows.map((row) => [row.fingerprint.trim(), row.settingSlug]));
    for (const { key, value, i } of protocols) {
      const setting = settings.get(key);
      const place = placeOf(["values", i, "protocol"]);
      if (setting !== undefined) faults.push(...wrongSetting(value.measure, setting, place));
      else if (!parts.brought.has(key)) {
        const expected = "the fingerprint of a recorded protocol or of one in 'protocols', or none";
        faults.push(fault(place, `No protocol with the fingerprint ${key} is recorded.`, { expected }));
      }
    }
  }
  if (corrections.length > 0) {
    const rows = await db.prisma.result.findMany({
      where: {
        id: { in: corrections.map(({ key }) => BigInt(key)) },
        provenance: "SELF_REPORTED",
        supersededBy: null,
        retraction: null,
      },
      include: { method: { select: { slug: true } }, measure: { select: { slug: true } } },
    });
    for (const { key, value, i } of corrections) {
      const row = rows.find(({ id }) => String(id) === key);
      if (row?.method.slug === parts.method?.slug && row?.measure.slug === value.measure) continue;
      const expected = "a live self-reported entry of the same method and measure";
      faults.push(
        fault(placeOf(["values", i, "corrects"]), `${key} cannot be corrected by this value.`, { expected }),
      );
    }
  }
  return faults;
}

/**
 * Values that the ledger has of this method already, under the same protocol and from the same source: accepting them again
 * adds nothing.
 */
export async function alreadyThere(
  { method, values }: Parts,
  placeOf: Draft["placeOf"],
  { db, snapshot }: Pick<Context, "db" | "snapshot">,
): Promise<Fault[]> {
  if (!method || values.length === 0) return [];
  const { catalogue } = await snapshot();
  const rows = await db.prisma.result.findMany({
    where: {
      method: { slug: method.slug },
      measureId: {
        in: [...new Set(values.flatMap(({ measure }) => catalogue.findMeasure(measure)?.id ?? []))],
      },
      supersededBy: null,
      retraction: null,
    },
    select: {
      id: true,
      value: true,
      source: true,
      protocolFingerprint: true,
      measureId: true,
    },
  });
  return values.flatMap(({ at, measure, value, protocol, corrects, source }) => {
    const same = rows.find(
      (row) =>
        corrects === undefined &&
        row.measureId === catalogue.findMeasure(measure)?.id &&
        row.value === value &&
        row.source === source &&
        (row.protocolFingerprint?.trim() ?? undefined) === protocol,
    );
    if (!same) return [];
    const message = `The ledger has this value of '${method.slug}' already, from the same source, at position ${same.id}.`;
    return [
      fault(placeOf(["values", at, "value"]), message, {
        expected: "a value that is new",
        severity: "WARNING",
      }),
    ];
  });
}
