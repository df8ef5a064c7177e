/** Prints the schema to apps/api/schema.graphql, the contract that the site's types are made of. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./schema.ts";

export const schemaFile = join(import.meta.dirname, "..", "schema.graphql");

export const printed = () => `${printSchema(lexicographicSortSchema(schema))}\n`;

if (import.meta.main) {
  writeFileSync(schemaFile, printed());
  console.log(`The schema is written to ${schemaFile}.`);
}
