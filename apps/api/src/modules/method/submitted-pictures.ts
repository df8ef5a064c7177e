/** Pictures of submissions: those of accepted ones are their method's, as long as a value of the submission stands. */
import { builder } from "../../builder.ts";
import { LIMITS } from "../../limits.ts";
import type { SubmissionBody } from "../submission/body.ts";
import { MethodRef } from "./types.ts";

type Picture = NonNullable<SubmissionBody["pictures"]>[number];

const SubmittedPictureType = builder.objectRef<Picture>("SubmittedPicture").implement({
  description: "A picture that an evaluation elsewhere made; the file is at /pictures/SHA256.png.",
  fields: (t) => ({
    sha256: t.exposeString("sha256", { description: "SHA-256 of the PNG file." }),
    role: t.exposeString("role", {
      description: "What it shows, such as original, reconstruction or attention.",
    }),
    item: t.exposeString("item", { description: "What it is of." }),
  }),
});

const PICTURES = `
  select picture ->> 'sha256' as sha256, picture ->> 'role' as role, picture ->> 'item' as item
  from submission s, jsonb_array_elements(s.body -> 'pictures') with ordinality as p(picture, place)
  where s.status = 'ACCEPTED' and jsonb_typeof(s.body -> 'pictures') = 'array' and s.id in (
    select r.submission_id from result r
    where r.method_id = $1::int and not exists (select 1 from retraction t where t.result_id = r.id))
  order by s.id desc, p.place limit $2::int`;

builder.objectField(MethodRef, "submittedPictures", (t) =>
  t.field({
    type: [SubmittedPictureType],
    description: `Of accepted submissions, the newest first; at most ${LIMITS.pictures}.`,
    complexity: { field: 10, multiplier: 10 },
    resolve: ({ id }, _, { db }) => db.sql<Picture>(PICTURES, [id, LIMITS.pictures]),
  }),
);
