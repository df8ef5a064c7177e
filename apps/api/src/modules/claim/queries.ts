/** Claims that the record watches: what is asserted, whether it holds now, and when that changed. */
import type { Assertion, Question } from "@transferboard/eval-core/record";
import { builder } from "../../builder.ts";
import { BadInput, Conflict, NotAuthorized, UnknownSlug } from "../../errors.ts";
import { storable } from "../../text.ts";
import { isUuid } from "../../uuid.ts";
import { MUTATION_SCOPES } from "../account/rules.ts";
import { IntervalType, intervalOf } from "../measure/interval.ts";
import { permalinkOf } from "./permalink.ts";
import { allClaims, type ClaimRow, oneClaim, stateClaim } from "./service.ts";

type EventRow = ClaimRow["events"][number];

export const ClaimStateEnum = builder.enumType("ClaimState", {
  description: "Whether a claim holds. It has no memory: it follows from the ledger's position alone.",
  values: {
    HOLDING: { description: "The value is as asserted." },
    SHAKEN: { description: "The value is not, but its 95% interval reaches there." },
    OVERTURNED: { description: "Neither the value nor its interval is as asserted." },
    UNANSWERABLE: { description: "The question has no value: too few methods, or something was retracted." },
  } as const,
});

const EventType = builder.objectRef<EventRow>("ClaimEvent").implement({
  description: "A change of a claim's state, the first included.",
  fields: (t) => ({
    position: t.string({
      description: "The event of the audit log that changed it: new results, or a retraction.",
      resolve: ({ eventId }) => String(eventId),
    }),
    at: t.field({ type: "DateTime", description: "When.", resolve: ({ event }) => event.at }),
    state: t.field({
      type: ClaimStateEnum,
      description: "The state from then on.",
      resolve: ({ state }) => state,
    }),
    value: t.exposeFloat("value", { nullable: true, description: "The answer then." }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "Its 95% interval, where there is one.",
      resolve: ({ lower, upper }) => intervalOf(lower, upper),
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why the question had no answer." }),
  }),
});

/** What is asserted, as people write it. */
function inWords(assertion: Assertion): string {
  return assertion.op === "between"
    ? `between ${assertion.lower} and ${assertion.upper}`
    : `${assertion.op} ${assertion.bound}`;
}

const ClaimType = builder.objectRef<ClaimRow>("Claim").implement({
  description:
    "A question of the record, and what somebody asserts of its answer. What is asserted never moves.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    text: t.exposeString("text", { description: "As it was stated." }),
    asserted: t.string({
      description:
        "The set of values for which it holds. `is 0.8` alone meant the 95% interval of that moment.",
      resolve: ({ assertion }) => inWords(assertion as unknown as Assertion),
    }),
    by: t.string({ description: "Who stated it.", resolve: ({ account }) => account.name }),
    statedAt: t.field({ type: "DateTime", description: "When.", resolve: ({ statedAt }) => statedAt }),
    state: t.field({
      type: ClaimStateEnum,
      description: "Now.",
      resolve: ({ events }) => events.at(-1)?.state ?? "UNANSWERABLE",
    }),
    events: t.field({
      type: [EventType],
      description:
        "Every change of its state, the oldest first. Many claims are watched without correction for their number.",
      complexity: { multiplier: 5 },
      resolve: ({ events }) => [...events],
    }),
    url: t.string({
      description: "The site's page of the question.",
      resolve: ({ question }, _, { siteUrl }) => `${siteUrl}${permalinkOf(question as unknown as Question)}`,
    }),
  }),
});

builder.queryFields((t) => ({
  claims: t.field({
    type: [ClaimType],
    description: "All claims that the record watches, the newest first.",
    args: { state: t.arg({ type: ClaimStateEnum, description: "Only those in this state." }) },
    complexity: { field: 200, multiplier: 20 },
    resolve: async (_root, { state }, context) => {
      const claims = await allClaims(context);
      return state == null ? claims : claims.filter(({ events }) => events.at(-1)?.state === state);
    },
  }),
  claim: t.field({
    type: ClaimType,
    nullable: true,
    description: "One claim by its id; null where there is none.",
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    complexity: { field: 50 },
    resolve: (_root, { id }, context) => (isUuid(String(id)) ? oneClaim(String(id), context) : null),
  }),
}));

const StateClaimInput = builder.inputType("StateClaimInput", {
  description: "A claim.",
  fields: (t) => ({
    text: t.string({
      required: true,
      validate: storable(1_000),
      description:
        "A question and what holds of it, such as 'correlation(imagenet/imagenet/top1, suite:detection-frozen) is 0.80'. Questions: correlation(x, y), compare(method, method, x), rank(method, x), value(method, measure); x is a measure or suite:slug. What holds: > 0.5, >= 0.5, < 0.5, <= 0.5, between 0.4 and 0.6, is 0.5, is 0.5 +- 0.1.",
    }),
  }),
});

const StateClaimPayload = builder.objectRef<{ claim: ClaimRow }>("StateClaimPayload").implement({
  description: "A claim that is watched from now on.",
  fields: (t) => ({
    claim: t.field({ type: ClaimType, description: "It.", resolve: ({ claim }) => claim }),
  }),
});

builder.mutationField("stateClaim", (t) =>
  t.field({
    type: StateClaimPayload,
    description: "Has the record watch a claim: each new result evaluates it again. Needs the scope SUBMIT.",
    args: { input: t.arg({ type: StateClaimInput, required: true, description: "The claim." }) },
    authScopes: { scope: MUTATION_SCOPES.stateClaim },
    errors: {
      types: [NotAuthorized, BadInput, UnknownSlug, Conflict],
      union: { name: "StateClaimResult", description: "The claim, or what is wrong with it." },
    },
    resolve: async (_root, { input }, context) => ({ claim: await stateClaim(input.text, context) }),
  }),
);
