/** The contract is the committed file: it must be what the code answers, with words on everything. */
import { readFileSync } from "node:fs";
import { printed, schemaFile } from "@transferboard/api/print-schema";
import { schema } from "@transferboard/api/schema";
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { expect, it } from "vitest";

it("apps/api/schema.graphql is current: npm run print-schema -w @transferboard/api", () => {
  expect(readFileSync(schemaFile, "utf8")).toBe(printed());
});

it("describes every type, field and argument", () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (!type.description && !isEdge(type.name)) silent.push(type.name);
    if (isEnumType(type) || !("getFields" in type)) continue;
    for (const field of Object.values(type.getFields())) {
      const place = `${type.name}.${field.name}`;
      if (!field.description) silent.push(place);
      if (isInputObjectType(type) || !(isObjectType(type) || isInterfaceType(type))) continue;
      for (const arg of (field as { args: readonly { name: string; description?: string | null }[] }).args) {
        if (!arg.description) silent.push(`${place}(${arg.name})`);
      }
    }
  }
  expect(silent).toEqual([]);
});

const isEdge = (name: string) => name.endsWith("ConnectionEdge");
