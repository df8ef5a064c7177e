/** Expected failures as types, so that a caller reads them from the schema. */
import { builder } from "../builder.ts";
import { BadInput, type CallerError, Conflict, NotAuthorized, NotFound, UnknownSlug } from "../errors.ts";

export const ErrorInterface = builder.interfaceRef<CallerError>("Error").implement({
  description: "Something that the caller did wrong, in a sentence.",
  fields: (t) => ({
    message: t.exposeString("message", { description: "What was expected, what was found, and what to do." }),
  }),
});

builder.objectType(NotAuthorized, {
  name: "NotAuthorized",
  description: "The token is missing, or has not the scope that this needs.",
  interfaces: [ErrorInterface],
});

builder.objectType(NotFound, {
  name: "NotFound",
  description: "What was named is not there, or is not the caller's to see.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    nearest: t.stringList({ description: "Names that come near.", resolve: ({ nearest }) => [...nearest] }),
  }),
});

builder.objectType(Conflict, {
  name: "Conflict",
  description: "It cannot be done as things stand: somebody else was first, or it is done already.",
  interfaces: [ErrorInterface],
});

builder.objectType(BadInput, {
  name: "BadInput",
  description: "What was sent is not of the form that is needed.",
  interfaces: [ErrorInterface],
});

builder.objectType(UnknownSlug, {
  name: "UnknownSlug",
  description: "A name that nothing has.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    nearest: t.stringList({ description: "Names that come near.", resolve: ({ nearest }) => [...nearest] }),
  }),
});
