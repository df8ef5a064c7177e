/** What makes a number comparable, by its fingerprint. Asked for in batches: a board of many cells reads once. */
import { builder } from "../../builder.ts";
import { SettingType } from "../measure/types.ts";

export interface Protocol {
  readonly fingerprint: string;
  readonly settingSlug: string;
  readonly title: string;
  readonly body: unknown;
}

export const ProtocolRef = builder.loadableObject("Protocol", {
  description: "Everything that makes a number comparable.",
  load: async (fingerprints: string[], context): Promise<(Protocol | Error)[]> => {
    const rows = await context.db.prisma.protocol.findMany({ where: { fingerprint: { in: fingerprints } } });
    const known = new Map(rows.map((row) => [row.fingerprint.trim(), row]));
    return fingerprints.map(
      (fingerprint) => known.get(fingerprint) ?? new Error(`The protocol ${fingerprint} is not recorded.`),
    );
  },
  fields: (t) => ({
    fingerprint: t.exposeString("fingerprint", { description: "SHA-256 of the protocol's canonical JSON." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    setting: t.field({
      type: SettingType,
      description: "The kind of evaluation.",
      resolve: async ({ settingSlug }, _, context) =>
        (await context.snapshot()).catalogue.setting(settingSlug),
    }),
    body: t.field({ type: "JSON", description: "All of its fields.", resolve: ({ body }) => body }),
  }),
});
