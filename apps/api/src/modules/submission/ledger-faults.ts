/** What only the database can tell of a submission: protocols that are recorded, weights, entries that can be corrected. */
import type { Context } from "../../context.ts";
import type { SubmissionBody } from "./body.ts";
import { checkpointFaults } from "./checkpoint.ts";
import { type Draft, type Fault, fault } from "./faults.ts";
import { wrongSetting } from "./protocols.ts";

export async function ledgerFaults(
  body: SubmissionBody,
  { placeOf }: Pick<Draft, "placeOf">,
  { db }: Pick<Context, "db">,
): Promise<Fault[]> {
  const named = (field: "protocol" | "corrects") =>
    body.values.flatMap((value, i) => (value[field] === undefined ? [] : [{ key: value[field], value, i }]));
  const protocols = named("protocol");
  const corrections = named("corrects");
  const faults = await checkpointFaults(body, placeOf, db);
  if (protocols.length > 0) {
    const rows = await db.prisma.protocol.findMany({
      where: { fingerprint: { in: [...new Set(protocols.map(({ key }) => key))] } },
      select: { fingerprint: true, settingSlug: true },
    });
    const settings = new Map(rows.map((row) => [row.fingerprint.trim(), row.settingSlug]));
    const brought = new Set(body.protocols?.map(({ fingerprint }) => fingerprint));
    for (const { key, value, i } of protocols) {
      const setting = settings.get(key);
      const place = placeOf(["values", i, "protocol"]);
      if (setting !== undefined) faults.push(...wrongSetting(value.measure, setting, place));
      else if (!brought.has(key)) {
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
      if (row?.method.slug === body.method.slug && row.measure.slug === value.measure) continue;
      const expected = "a live self-reported entry of the same method and measure";
      faults.push(
        fault(placeOf(["values", i, "corrects"]), `${key} cannot be corrected by this value.`, { expected }),
      );
    }
  }
  return faults;
}

/** What both the submission and the ledger say is said once. */
export const onceEach = (faults: readonly Fault[]): Fault[] => [
  ...new Map(faults.map((one) => [`${one.place} ${one.message}`, one])).values(),
];
