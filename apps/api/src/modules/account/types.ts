/** Accounts, their tokens, and who asks. */
import { builder } from "../../builder.ts";
import { Conflict, NotAuthorized, NotFound } from "../../errors.ts";
import { storable } from "../../text.ts";
import { isUuid } from "../../uuid.ts";
import "../error-types.ts";
import { MUTATION_SCOPES } from "./rules.ts";
import type { SCOPES } from "./scopes.ts";
import { createToken, revokeToken } from "./service.ts";
import type { Viewer } from "./viewer.ts";

const ScopeEnum = builder.enumType("Scope", {
  description: "What a token may do. ADMIN includes the others.",
  values: {
    READ: { description: "Read what is the account's own." },
    SUBMIT: { description: "Offer results and ask for evaluations." },
    REVIEW: { description: "Decide on submissions of others and retract results." },
    WORK: { description: "Take evaluations that were asked for, and record them: for workers." },
    ADMIN: { description: "All of it, and make tokens." },
  } satisfies Record<(typeof SCOPES)[number], { description: string }>,
});

const TokenRef = builder.prismaObject("ApiToken", {
  description: "A token. Its secret is shown once, when it is made.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id, for revokeToken." }),
    name: t.exposeString("name", { description: "What it is for." }),
    scopes: t.expose("scopes", { type: [ScopeEnum], description: "What it may do." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When it ends." }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was revoked.",
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to the minute.",
    }),
  }),
});

const AccountRef = builder.prismaObject("Account", {
  description: "Whoever submits, reviews or runs.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The name that others see." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    tokens: t.relation("tokens", {
      type: TokenRef,
      description: "Its tokens, newest first.",
      query: { orderBy: { createdAt: "desc" }, take: 200 },
    }),
  }),
});

const ViewerRef = builder.objectRef<Viewer>("Viewer").implement({
  description: "Who asks, by the token that came.",
  fields: (t) => ({
    account: t.prismaField({
      type: AccountRef,
      description: "The token's account.",
      resolve: (query, viewer, _, { db }) =>
        db.prisma.account.findUniqueOrThrow({ ...query, where: { id: viewer.accountId } }),
    }),
    scopes: t.field({
      type: [ScopeEnum],
      description: "What the token may do.",
      resolve: ({ scopes }) => [...scopes],
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: ViewerRef,
    nullable: true,
    description: "Who asks; null without a token.",
    resolve: (_, __, context) => context.viewer(),
  }),
);

const name = storable(100).regex(/\S/, "expected a name");

const CreateTokenInput = builder.inputType("CreateTokenInput", {
  description: "A token to make.",
  fields: (t) => ({
    account: t.string({
      required: true,
      validate: name,
      description: "Whose it is; made where it is not there.",
    }),
    name: t.string({ required: true, validate: name, description: "What it is for." }),
    scopes: t.field({ type: [ScopeEnum], required: true, description: "What it may do." }),
    expiresAt: t.field({ type: "DateTime", description: "When it ends; in 90 days where not given." }),
  }),
});

const CreateTokenPayload = builder
  .objectRef<Awaited<ReturnType<typeof createToken>>>("CreateTokenPayload")
  .implement({
    description: "A new token.",
    fields: (t) => ({
      token: t.field({ type: TokenRef, description: "The token.", resolve: ({ token }) => token }),
      secret: t.exposeString("secret", { description: "What goes after 'Bearer'. It is shown only here." }),
    }),
  });

const RevokeTokenInput = builder.inputType("RevokeTokenInput", {
  description: "A token to revoke.",
  fields: (t) => ({ id: t.id({ required: true, description: "Its id." }) }),
});

const RevokeTokenPayload = builder
  .objectRef<{ token: Awaited<ReturnType<typeof revokeToken>> }>("RevokeTokenPayload")
  .implement({
    description: "A revoked token.",
    fields: (t) => ({
      token: t.field({ type: TokenRef, description: "The token.", resolve: ({ token }) => token }),
    }),
  });

builder.mutationFields((t) => ({
  createToken: t.field({
    type: CreateTokenPayload,
    description: "Makes a token. Needs the scope ADMIN.",
    args: { input: t.arg({ type: CreateTokenInput, required: true, description: "The token." }) },
    authScopes: { scope: MUTATION_SCOPES.createToken },
    errors: {
      types: [NotAuthorized, Conflict],
      union: { name: "CreateTokenResult", description: "A token, or why not." },
    },
    resolve: (_, { input }, context) => createToken(input, context),
  }),
  revokeToken: t.field({
    type: RevokeTokenPayload,
    description: "Revokes a token of one's own; with ADMIN anyone's.",
    args: { input: t.arg({ type: RevokeTokenInput, required: true, description: "The token." }) },
    authScopes: { scope: MUTATION_SCOPES.revokeToken },
    errors: {
      types: [NotAuthorized, NotFound],
      union: { name: "RevokeTokenResult", description: "The token, or why not." },
    },
    resolve: async (_, { input: { id } }, context) => {
      if (!isUuid(id)) throw new NotFound("There is no token of yours with this id.");
      return { token: await revokeToken(id, context) };
    },
  }),
}));
