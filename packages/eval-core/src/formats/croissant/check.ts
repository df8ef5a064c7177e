/** Whether a Croissant description holds: what it must say, that its names are unique, and that its files are as it says. */
import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import type { Finding, TextFile } from "../shared/format.ts";
import { Sheet } from "../shared/sheet.ts";
import { fieldsOf, isObject, pointer, readJson, textOf } from "../shared/tree.ts";

export const CONFORMS_TO = "http://mlcommons.org/croissant/1.1";

const REQUIRED = [
  ...["@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished"],
] as const;

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** @param files those that the distribution names, where they are at hand */
export function checkCroissant(text: string, files: readonly TextFile[]): readonly Finding[] {
  const sheet = new Sheet({});
  const tree = readJson({ name: "the description", text }, "", sheet);
  if (!tree) return sheet.reading().faults;
  const root = fieldsOf(tree.value);
  if (!isObject(tree.value)) sheet.fault("/", "not-an-object", "One JSON object was expected.");
  for (const key of REQUIRED) {
    if (root[key] === undefined || root[key] === "")
      sheet.fault(pointer("", key), "missing", `'${key}' is missing.`);
  }
  if (root["@type"] !== undefined && !["sc:Dataset", "Dataset"].includes(String(root["@type"]))) {
    sheet.fault("/@type", "unknown-word", `The type is '${String(root["@type"])}': sc:Dataset was expected.`);
  }
  if (root.conformsTo !== undefined && root.conformsTo !== CONFORMS_TO) {
    sheet.fault(
      "/conformsTo",
      "unknown-version",
      `It conforms to '${String(root.conformsTo)}': ${CONFORMS_TO} was expected.`,
    );
  }
  const ids = new Map<string, string>();
  const unique = (id: unknown, place: string) => {
    const name = textOf(id);
    if (name === undefined) sheet.fault(place, "missing", "The @id is missing.");
    else if (ids.has(name))
      sheet.fault(place, "duplicate", `The @id '${name}' is there already, at ${ids.get(name)}.`);
    else ids.set(name, place);
  };
  const columns = new Map<string, ReadonlySet<string> | null>();
  listOf(root.distribution).forEach((one, i) => {
    const file = fieldsOf(one);
    const place = pointer("", "distribution", i);
    unique(file["@id"], `${place}/@id`);
    columns.set(String(file["@id"]), checkFile(file, place, files, sheet));
  });
  listOf(root.recordSet).forEach((one, i) => {
    const set = fieldsOf(one);
    const place = pointer("", "recordSet", i);
    unique(set["@id"], `${place}/@id`);
    listOf(set.field).forEach((field, j) => {
      const at = `${place}/field/${j}`;
      unique(fieldsOf(field)["@id"], `${at}/@id`);
      checkField(fieldsOf(field), at, columns, sheet);
    });
  });
  return sheet.reading().faults;
}

/** The columns of the file, where it is at hand. */
function checkFile(
  file: Readonly<Record<string, unknown>>,
  place: string,
  files: readonly TextFile[],
  sheet: Sheet,
): ReadonlySet<string> | null {
  for (const key of ["contentUrl", "encodingFormat", "sha256"]) {
    if (textOf(file[key]) === undefined) sheet.fault(`${place}/${key}`, "missing", `'${key}' is missing.`);
  }
  const found = files.find(({ name }) => name === file["@id"] || name === file.name);
  if (!found) return null;
  const hash = createHash("sha256").update(found.text, "utf8").digest("hex");
  if (file.sha256 !== undefined && file.sha256 !== hash) {
    sheet.fault(`${place}/sha256`, "another-hash", `The file's SHA-256 is ${hash}.`);
  }
  const [header] = parse(found.text, { to: 1, bom: true }) as string[][];
  return new Set(header);
}

function checkField(
  { source }: Readonly<Record<string, unknown>>,
  place: string,
  columns: ReadonlyMap<string, ReadonlySet<string> | null>,
  sheet: Sheet,
): void {
  const { fileObject, extract } = fieldsOf(source);
  const id = String(fieldsOf(fileObject)["@id"]);
  if (!columns.has(id)) {
    sheet.fault(`${place}/source/fileObject/@id`, "no-such-file", `The distribution has no file '${id}'.`);
    return;
  }
  const known = columns.get(id);
  const column = String(fieldsOf(extract).column);
  if (known && !known.has(column)) {
    sheet.fault(`${place}/source/extract/column`, "no-such-column", `'${id}' has no column '${column}'.`);
  }
}
