import { describe, expect, it } from "vitest";
import { placeOf, replaced } from "./places.ts";

const csv = `method,measure,value
owl,segmentation/ade20k/mean-iuo,0.31

,"a, b",175.4
`;
const json = `{
  "method": { "slug": "owl" },
  "values": [
    { "measure": "a/b/c", "value": 1 },
    { "measure": "segmentation/ade20k/mean-iuo", "value": "x" }
  ]
}`;

describe("places", () => {
  it("of CSV are lines of the text: blank lines are rows too", () => {
    expect(placeOf(csv, "row 2, column measure").line).toBe(2);
    expect(placeOf(csv, "row 4, column value").line).toBe(4);
    expect(placeOf(csv, "row 9, column value").line).toBeNull();
  });

  it("take a suggestion, and leave all else", () => {
    const place = placeOf(csv, "row 2, column measure");
    expect(replaced(csv, place, "segmentation/ade20k/mean-iou")).toBe(csv.replace("iuo", "iou"));
    const quoted = placeOf(csv, "row 4, column measure");
    expect(replaced(csv, quoted, "c")).toContain(',"c",175.4');
  });

  it("of JSON are found by their pointer, and told in its words", () => {
    const place = placeOf(json, "/values/1/measure");
    expect(place).toMatchObject({ line: 5, words: "values[1].measure" });
    expect(replaced(json, place, "d/e/f")).toBe(json.replace("segmentation/ade20k/mean-iuo", "d/e/f"));
  });

  it("that are missing stand where they belong", () => {
    expect(placeOf(json, "/method/name")).toMatchObject({ line: 2, words: "method.name", range: null });
  });

  it("survive text that is no JSON", () => {
    expect(placeOf("{ nonsense", "/values/0").line).not.toBe(0);
  });
});
