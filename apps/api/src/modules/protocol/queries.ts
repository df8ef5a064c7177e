/** Asking for a protocol, and in what two of them differ. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { NotFound } from "../../errors.ts";
import { type Difference, differences } from "./diff.ts";
import { type Protocol, ProtocolRef } from "./types.ts";

const FINGERPRINT = /^[0-9a-f]{64}$/;

async function protocolOf(fingerprint: string, { db }: Context): Promise<Protocol> {
  const found = FINGERPRINT.test(fingerprint)
    ? await db.prisma.protocol.findUnique({ where: { fingerprint } })
    : null;
  if (!found) throw new NotFound("There is no protocol with this fingerprint: it is 64 hexadecimal digits.");
  return found;
}

export const DifferenceType = builder.objectRef<Difference>("ProtocolDifference").implement({
  description: "A field that two protocols do not share.",
  fields: (t) => ({
    path: t.exposeString("path", { description: "A JSON pointer into the protocols' bodies." }),
    left: t.field({
      type: "JSON",
      nullable: true,
      description: "Null where it is absent.",
      resolve: (d) => d.left,
    }),
    right: t.field({
      type: "JSON",
      nullable: true,
      description: "Null where it is absent.",
      resolve: (d) => d.right,
    }),
  }),
});

const ProtocolDiffType = builder.objectRef<{ left: Protocol; right: Protocol }>("ProtocolDiff").implement({
  description: "Why numbers under two protocols are not strictly comparable.",
  fields: (t) => ({
    left: t.field({ type: ProtocolRef, description: "The one.", resolve: ({ left }) => left }),
    right: t.field({ type: ProtocolRef, description: "The other.", resolve: ({ right }) => right }),
    differences: t.field({
      type: [DifferenceType],
      description: "The fields that differ; none where the two are one.",
      resolve: ({ left, right }) => differences(left.body, right.body),
    }),
  }),
});

builder.queryFields((t) => ({
  protocol: t.field({
    type: ProtocolRef,
    description: "One protocol, by its fingerprint.",
    args: { fingerprint: t.arg.string({ required: true, description: "SHA-256 of its canonical JSON." }) },
    resolve: (_, { fingerprint }, context) => protocolOf(fingerprint, context),
  }),
  protocolDiff: t.field({
    type: ProtocolDiffType,
    description: "In which fields two protocols differ.",
    args: {
      left: t.arg.string({ required: true, description: "The one's fingerprint." }),
      right: t.arg.string({ required: true, description: "The other's fingerprint." }),
    },
    resolve: async (_, { left, right }, context) => ({
      left: await protocolOf(left, context),
      right: await protocolOf(right, context),
    }),
  }),
}));
