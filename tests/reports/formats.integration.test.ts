/** Files of results as users reported them, and more of each kind: the right value, or one clear fault, never a silent wrong one. */
import { describe, expect, it } from "vitest";
import { api, IOU, offer, offerToServer, PIXELS, report } from "./offer.ts";

offerToServer();

const both = { [IOU]: 0.3121, [PIXELS]: 75.4 };
const head = "method,name,family,source,measure,value";
const row = (value: string, more = "") => `kite,Kite,CONTRASTIVE,here,${PIXELS},${value}${more}`;

describe("CSV", () => {
  it("that is not UTF-8 is refused before anything is read out of it", async () => {
    const { status, faults, values } = await offer("csv", report("11-csv-latin1/results.csv"));
    expect([status, values]).toEqual([422, {}]);
    expect(faults[0]!.message).toMatch(/not UTF-8 \(line 2 has the byte 0xe9\); it seems to be Windows-1252/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["UTF-16", new Uint8Array(Buffer.from(`\ufeff${head}\n${row("75.4")}`, "utf16le")), /is UTF-16/],
    [
      "UTF-16 without a mark",
      new Uint8Array(Buffer.from(`${head}\n${row("75.4")}`, "utf16le")),
      /is UTF-16 without/,
    ],
    [
      "Shift-JIS",
      new Uint8Array([...Buffer.from(`${head}\n`), 0x83, 0x6c, 0x83, 0x52]),
      /line 2 has the byte 0x83/,
    ],
    [
      "letters that somebody else lost",
      Buffer.from(`${head}\n${row("75.4").replace("Kite", "Caf\ufffd")}`),
      /U\+FFFD/,
    ],
  ])("nor in %s", async (_, bytes, message) => {
    const { status, faults } = await offer("csv", bytes);
    expect(status).toBe(422);
    expect(faults.map((one) => one.message).join()).toMatch(message);
  });

  it("names the row that a spreadsheet shows", async () => {
    const { faults } = await offer("csv", report("12-csv-blank-lines/results.csv"));
    expect(faults).toMatchObject([
      { place: "row 5, column value", message: expect.stringMatching(/175.4 is out/) },
    ]);
    const cells = await offer("csv", `\n${head}\n,,,,,\n${row('"1\n2"')}\n\n${row("999")}`);
    expect(cells.faults.map(({ place }) => place)).toEqual(
      expect.arrayContaining(["row 4, column value", "row 6, column value"]),
    );
  });

  it("takes empty rows and columns for none", async () => {
    expect((await offer("csv", report("13-csv-empty-rows/results.csv"))).values).toEqual(both);
    expect((await offer("csv", `${head},,\n${row("75.4", ",,")}\n , ,,,,,,\n`)).values).toEqual({
      [PIXELS]: 75.4,
    });
    const named = await offer("csv", `${head},\n${row("75.4", ",9")}`);
    expect(named.faults).toMatchObject([
      { place: "row 1, column 7", message: "Column 7 has cells and no name." },
    ]);
  });

  it("has each column once", async () => {
    const { faults, values } = await offer("csv", report("14-csv-two-value-columns/results.csv"));
    expect(faults).toMatchObject([
      { place: "row 1, column value", message: "The column 'value' is there twice." },
    ]);
    expect(values).toEqual({});
    for (const again of ["VALUE", " value ", '"value"'])
      expect((await offer("csv", `${head},${again}\n${row("75.4", ",75.4")}`)).faults[0]!.message).toMatch(
        /twice/,
      );
  });

  it("of semicolons or tabs is read, and that is said", async () => {
    const semicolons = await offer("csv", report("15-csv-semicolons/results.csv"));
    expect(semicolons.values).toEqual(both);
    expect(semicolons.warnings).toMatchObject([
      { place: "row 1", message: expect.stringMatching(/semicolons.*decimal sign/) },
    ]);
    const tabs = `${head}\n${row("75.4")}`.replaceAll(",", "\t");
    expect(await offer("csv", tabs)).toMatchObject({
      values: { [PIXELS]: 75.4 },
      warnings: [{ place: "row 1" }],
    });
    // Between tabs or commas, a comma in a number is no sign that is known.
    expect((await offer("csv", tabs.replace("75.4", "75,4"))).faults[0]).toMatchObject({
      place: "row 2, column value",
    });
    expect((await offer("csv", `${head}\n${row('"75,4"')}`)).faults[0]!.message).toMatch(
      /'75,4' is not a finite number/,
    );
  });

  it("may say above the header what parts the cells, and keeps thousands out of whole numbers", async () => {
    const semicolons = `${head},sample_size\n${row("75.4", ",2000")}`.replaceAll(",", ";");
    expect((await offer("csv", `sep=;\n${semicolons}`)).values).toEqual({ [PIXELS]: 75.4 });
    expect((await offer("csv", `sep=;\n${semicolons.replace("75.4", "754")}`)).faults).toMatchObject([
      { place: "row 3, column value" },
    ]);
    const { faults } = await offer("csv", semicolons.replace("2000", "2,000"));
    expect(faults).toMatchObject([
      { place: "row 2, column sample_size", message: "'2,000' is not a finite number." },
    ]);
  });

  it("of old Macs' line ends is read; without a row, or without anything, it is told so once", async () => {
    expect((await offer("csv", `${head}\r${row("75.4")}\r`)).values).toEqual({ [PIXELS]: 75.4 });
    for (const [text, message] of [
      [head, "There is no row below the header."],
      ["", "The text is empty."],
      ["\ufeff\n\n", "The text is empty."],
    ] as const)
      expect((await offer("csv", text)).faults).toMatchObject([{ place: "row 1", message }]);
  });

  it("without a column that it needs is told so, once", async () => {
    for (const column of ["source", "measure", "value", "method"]) {
      const at = head.split(",").indexOf(column);
      const without = (line: string) =>
        line
          .split(",")
          .filter((_, i) => i !== at)
          .join(",");
      const { faults } = await offer("csv", `${without(head)}\n${without(row("75.4"))}`);
      expect(faults.map(({ message }) => message)).toContain(`There is no column '${column}'.`);
      expect(faults.map(({ message }) => message).join()).not.toMatch(/received undefined|Invalid input/);
      expect(faults).toHaveLength(1);
    }
  });
});

describe("JSON with a field twice", () => {
  const text = (values: string) => `{"method": {"slug": "swav"}, "source": "here", "values": [${values}]}`;
  it.each([
    ["of a value", text(`{"measure": "${PIXELS}", "value": 75, "value": 57}`), "/values/0/value"],
    [
      "of the whole",
      `${text(`{"measure": "${PIXELS}", "value": 75}`).slice(0, -1)}, "source": "there"}`,
      "/source",
    ],
    [
      "with a byte order mark",
      `\ufeff${text(`{"measure": "${PIXELS}", "value": 75, "value": 57}`)}`,
      "/values/0/value",
    ],
    [
      "the same value twice",
      text(`{"measure": "${PIXELS}", "measure": "${PIXELS}", "value": 75}`),
      "/values/0/measure",
    ],
  ])("%s is a fault", async (_, content, place) => {
    const { faults, values } = await offer("json", content);
    expect(faults).toMatchObject([{ place, message: expect.stringMatching(/told twice here/) }]);
    expect(values).toEqual({});
  });
});

describe("a model card", () => {
  const card = (results: string, name = "kite", more = "method: { name: Kite, family: CONTRASTIVE }") =>
    `---\nmodel-index:\n- name: ${name}\n  results:\n${results}\n${more}\n---\n`;
  const result = (dataset: string, metrics: string) =>
    `  - task: { type: t, name: segmentation }\n    dataset: { type: ade20k, name: A${dataset} }\n    metrics: [${metrics}]`;

  it("may begin with a blank line or a comment", async () => {
    const text = report("16-card-blank-start/README-card.md").toString();
    for (const before of ["", " \n\n", "<!-- a\n--- comment -->\n", "# a comment\n", "\ufeff"])
      expect((await offer("model-index", before + text)).values).toEqual(both);
  });

  it("keeps names with other letters distinct, and says what it made of them", async () => {
    expect((await offer("model-index", report("09-slug-letters/card.yaml"))).method.slug).toBe(
      "example.elan-vital",
    );
    const slugs = await Promise.all(
      ["example/Zélan_Vital", "某人/猫", "某人/犬", "Тест/Сеть"].map(async (name) => {
        const { method, warnings } = await offer(
          "model-index",
          card(result("", "{ type: mean-iou, value: 0.3 }"), name),
        );
        return [method.slug, warnings.length];
      }),
    );
    expect(slugs).toEqual([
      ["example.zelan-vital", 0],
      [expect.stringMatching(/^model-[0-9a-f]{8}\.model-[0-9a-f]{8}$/), 1],
      [expect.stringMatching(/^model-[0-9a-f]{8}\.model-[0-9a-f]{8}$/), 1],
      ["test.set", 0],
    ]);
    expect(slugs[1]![0]).not.toBe(slugs[2]![0]);
  });

  it("whose name only begins or looks like ours is not ours, or it is said", async () => {
    const named = (name: string) =>
      offer("model-index", card(result("", "{ type: mean-iou, value: 0.3 }"), name));
    expect((await named("SwAV+")).method.slug).toBe("swav-plus");
    const starred = await named('"SwAV*"');
    expect([starred.method.slug, starred.warnings.map(({ message }) => message)]).toEqual([
      "swav",
      ["'SwAV*' has '*', which no slug has: its slug is 'swav'."],
    ]);
    const long = "o/".concat("x".repeat(120));
    const [one, other] = [await named(`${long}1`), await named(`${long}2`)];
    expect(one.method.slug).not.toBe(other.method.slug);
    expect(String(one.method.slug)).toMatch(/^o\.x+-[0-9a-f]{8}$/);
    expect(one.warnings).toHaveLength(1);
  });

  it("of someone else's SwAV is not ours", async () => {
    const one = result("", "{ type: mean-iou, value: 0.3 }");
    expect((await offer("model-index", card(one, "someone-else/SwAV"))).method.slug).toBe(
      "someone-else.swav",
    );
    const bare = await offer("model-index", card(one, "someone-else/SwAV", ""));
    expect(bare.faults[0]!.message).toMatch(/'someone-else\.swav' is a new method/);
    expect((await offer("model-index", card(one, "SwAV", ""))).method.slug).toBe("swav");
  });

  it("leaves out what is of another split than the test split, and names it", async () => {
    for (const split of ["train", "train[:10%]", "dev"]) {
      const results = `${result(`, split: "${split}"`, "{ type: mean-iou, value: 0.9 }")}\n${result(", split: test", "{ type: pixel-accuracy, value: 75.4 }")}`;
      const { values, warnings } = await offer("model-index", card(results));
      if (split === "dev") expect(values).toMatchObject({ [PIXELS]: 75.4 });
      else {
        expect(values).toEqual({ [PIXELS]: 75.4 });
        expect(warnings[0]!.message).toBe(
          `This value is of the split '${split}', which is not a test split: it is left out.`,
        );
      }
    }
    const alone = await offer(
      "model-index",
      card(result(", split: train", "{ type: mean-iou, value: 0.9 }")),
    );
    expect(alone.status).toBe(422);
  });

  it("does not take a configuration for the whole", async () => {
    const part = await offer(
      "model-index",
      card(result(", config: indoor", "{ type: mean-iou, value: 0.3 }")),
    );
    expect(part.faults[0]!.message).toMatch(/configuration 'indoor'/);
    const named = `{ type: x, name: ${IOU}, value: 0.3 }`;
    expect((await offer("model-index", card(result(", config: indoor", named)))).values).toEqual({
      [IOU]: 0.3,
    });
    for (const whole of [", config: default", ", args: default", ", args: { seed: 1 }"])
      expect(
        (await offer("model-index", card(result(whole, "{ type: mean-iou, value: 0.3 }")))).values,
      ).toEqual({ [IOU]: 0.3 });
  });

  it("nor one that stands under args, or is the metric's", async () => {
    for (const [dataset, metric] of [
      [", args: indoor", ""],
      [", config: default, args: { name: indoor }", ""],
      ["", ", config: indoor"],
      ["", ", args: { config: indoor }"],
    ] as const) {
      const text = card(result(dataset, `{ type: mean-iou, value: 0.3${metric} }`));
      expect((await offer("model-index", text)).faults[0]!.message).toMatch(/configuration 'indoor'/);
    }
    for (const [dataset, metric] of [
      [", args: { split: train }", ""],
      ["", ", args: { split: train }"],
    ] as const) {
      const both = `{ type: mean-iou, value: 0.9${metric} }, { type: pixel-accuracy, value: 75.4, args: { split: test } }`;
      const text = card(result(dataset, both));
      const { values, faults } = await offer("model-index", text);
      expect([values, faults.length]).toEqual(dataset ? [{}, 1] : [{ [PIXELS]: 75.4 }, 0]);
    }
  });

  it("does not record a fraction as a percentage", async () => {
    const { faults, values } = await offer(
      "model-index",
      card(result("", "{ type: pixel-accuracy, value: 0.754 }")),
    );
    expect(faults).toMatchObject([{ place: "/model-index/0/results/0/metrics/0/value" }]);
    expect(values).toEqual({});
    const named = await offer("model-index", card(result("", `{ type: x, name: ${PIXELS}, value: 0.754 }`)));
    expect(named).toMatchObject({
      values: { [PIXELS]: 0.754 },
      warnings: [{ message: expect.stringMatching(/looks like a fraction/) }],
    });
  });

  it("may write 75.4 ± 0.4", async () => {
    for (const text of ['"75.4 ± 0.4"', '"75.4 +/- 0.4"', '"75.4±0.4%"']) {
      const { values, warnings } = await offer(
        "model-index",
        card(result("", `{ type: pixel-accuracy, value: ${text} }`)),
      );
      expect(values).toEqual({ [PIXELS]: 75.4 });
      expect(warnings[0]!.message).toMatch(/^± 0\.4 is not recorded/);
    }
    expect(
      (await offer("model-index", card(result("", '{ type: pixel-accuracy, value: "about 75" }')))).status,
    ).toBe(422);
  });

  it("may hold two models: which one is a question", async () => {
    const text = `model-index:\n- name: kite\n  results:\n${result("", "{ type: mean-iou, value: 0.3 }")}\n- name: owl\n  results:\n${result("", "{ type: mean-iou, value: 0.4 }")}\nmethod: { name: M, family: CONTRASTIVE }\n`;
    expect((await offer("model-index", text)).faults[0]!.message).toMatch(
      /has 2 models: say which one is offered, of 'kite', 'owl'/,
    );
    expect((await offer("model-index", text, "&model=owl")).values).toEqual({ [IOU]: 0.4 });
    expect((await offer("model-index", text, "&model=kite")).method.slug).toBe("kite");
    expect((await offer("model-index", text, "&model=emu")).faults[0]!.message).toMatch(/no model 'emu'/);
  });

  it("with a field twice is refused by its line, and Papers with Code's form by its name", async () => {
    const twice = await offer("model-index", card(result("", "{ type: mean-iou, value: 0.3, value: 0.4 }")));
    expect(twice.faults[0]!.message).toMatch(/told twice, in line \d+/);
    const other = await offer("model-index", "Models:\n- Name: a\nCollections: []\n");
    expect(other.faults[0]!.message).toMatch(/Papers with Code/);
  });
});

it("GraphQL refuses a body that is not UTF-8, too", async () => {
  const body = Buffer.from('{"query": "{ methods(first: 1) { nodes { slug } } } # caf\xe9"}', "latin1");
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/not UTF-8/);
});
