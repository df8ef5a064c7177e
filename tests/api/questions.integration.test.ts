/** What can be asked beside boards and correlations: lists, search, groups, predictors, what changed. */
import { afterAll, describe, expect, it } from "vitest";
import { startApi } from "./harness.ts";

const api = await startApi();
afterAll(() => api.stop());

describe("covariates", () => {
  it("are variables of a correlation: the same as the statistic of their numbers", async () => {
    const { correlation } =
      await api.read(`{ correlation(x: { pretraining: EPOCHS }, y: { suite: "many-shot-linear" }) {
      n coefficient x { slug title unit measures { slug } } points { method { slug pretraining { epochs } } rawX x } excluded { reason } } }`);
    expect(correlation.x).toEqual({
      slug: "EPOCHS",
      title: "Pretraining epochs",
      unit: "epochs",
      measures: [],
    });
    expect(correlation.n).toBeGreaterThan(10);
    for (const { method, rawX } of correlation.points) expect(rawX).toBe(method.pretraining.epochs);
  });

  it("yes and no are 1 and 0", async () => {
    const { correlation } = await api.read(
      `{ correlation(x: { pretraining: MOMENTUM_ENCODER }, y: { suite: "segmentation" }) { points { x } } }`,
    );
    expect(new Set(correlation.points.map(({ x }: { x: number }) => x))).toEqual(new Set([0, 1]));
  });

  it("are each augmentation too, beside what methods lose of colour", async () => {
    const { correlation } = await api.read(`{
      correlation(x: { pretraining: COLOUR_JITTER }, y: { measure: "reconstruction/all/colour-error-red" }) {
        n x { title unit } points { x method { pretraining { augmentations } } } } }`);
    expect(correlation.x).toEqual({ title: "Colour jitter", unit: "yes or no" });
    expect(correlation.n).toBeGreaterThan(10);
    for (const { x, method } of correlation.points)
      expect(x).toBe(Number(method.pretraining.augmentations.includes("COLOUR_JITTER")));
    expect(new Set(correlation.points.map(({ x }: { x: number }) => x))).toEqual(new Set([0, 1]));
  });
});

describe("the matrix", () => {
  it("has p-values and intervals of the pairs, adjusted for how many there are, and an exact diagonal", async () => {
    const { correlationMatrix: matrix, correlation } = await api.read(`{
      correlationMatrix(variables: [{ measure: "imagenet/imagenet/top1" }, { suite: "many-shot-linear" }, { suite: "segmentation" }]) {
        coefficients pValues adjustedPValues intervals { lower upper } }
      correlation(x: { measure: "imagenet/imagenet/top1" }, y: { suite: "many-shot-linear" }) { pValue interval { lower upper } } }`);
    expect(matrix.coefficients.map((row: number[], i: number) => row[i])).toEqual([1, 1, 1]);
    expect(matrix.pValues[0][1]).toBeCloseTo(correlation.pValue, 12);
    expect(matrix.intervals[1][0].lower).toBeCloseTo(correlation.interval.lower, 12);
    expect(matrix.pValues[2][2]).toBeNull();
    expect(matrix.adjustedPValues[0][1]).toBeCloseTo(3 * correlation.pValue, 12);
  });
});

describe("predictors", () => {
  it("are ranked by leave-one-out error, with the correlation of each", async () => {
    const { predictors, correlation } = await api.read(`{
      predictors(of: { suite: "many-shot-linear" }) { leftOut of { slug } predictors { n skill error baseline coefficient
        errorInterval { lower upper } adjustedPValue pValue variable { slug } } }
      correlation(x: { measure: "imagenet/imagenet/top1" }, y: { suite: "many-shot-linear" }) { coefficient } }`);
    const rows = predictors.predictors;
    expect(rows.length).toBeGreaterThan(50);
    const skills = rows.map(({ skill }: { skill: number }) => skill);
    expect(skills).toEqual(skills.toSorted((a: number, b: number) => b - a));
    const slugs = rows.map((row: { variable: { slug: string } }) => row.variable.slug);
    expect(slugs).not.toContain("many-shot-linear/dtd/accuracy");
    const imagenet = rows[slugs.indexOf("imagenet/imagenet/top1")];
    expect(imagenet.coefficient).toBeCloseTo(correlation.coefficient, 12);
    expect(imagenet.errorInterval.lower).toBeLessThan(imagenet.error);
    expect(imagenet.errorInterval.upper).toBeGreaterThan(imagenet.error);
    expect(imagenet.adjustedPValue).toBeGreaterThan(imagenet.pValue);
    expect(slugs).toContain("EPOCHS");
  });
});

describe("groups", () => {
  it("average what methods of one family reach", async () => {
    const { methodGroups, leaderboard } = await api.read(`{
      methodGroups(by: { family: true }, of: { suite: "many-shot-linear" }, transform: NONE) { by groups { key n mean min max } }
      leaderboard(suite: "many-shot-linear", filter: { family: [CLUSTERING] }) { nodes { aggregate } } }`);
    const clustering = methodGroups.groups.find(({ key }: { key: string }) => key === "CLUSTERING");
    const values: number[] = leaderboard.nodes.map(({ aggregate }: { aggregate: number }) => aggregate);
    expect(clustering.n).toBe(values.length);
    expect(clustering.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 10);
    expect(clustering.max).toBeCloseTo(Math.max(...values), 10);
  });

  it("keep what is not stated apart, last", async () => {
    const { methodGroups } = await api.read(
      `{ methodGroups(by: { pretraining: BATCH_SIZE }, of: { measure: "imagenet/imagenet/top1" }) { groups { key n } } }`,
    );
    const keys: string[] = methodGroups.groups.map(({ key }: { key: string }) => key);
    const numbers = keys.filter((key) => key !== "not stated").map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(keys.slice(0, -1)).not.toContain("not stated");
  });
});

describe("lists", () => {
  it("of protocols page through all, each with its entries", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { protocols } = await api.read(
        `query ($after: String) { protocols(first: 5, after: $after) { totalCount nodes { fingerprint title resultCount runCount } pageInfo { hasNextPage endCursor } } }`,
        { variables: { after } },
      );
      seen.push(...protocols.nodes.map(({ fingerprint }: { fingerprint: string }) => fingerprint));
      for (const { resultCount, runCount } of protocols.nodes) {
        expect(resultCount).toBeGreaterThan(0);
        expect(runCount).toBe(0);
      }
      after = protocols.pageInfo.hasNextPage ? protocols.pageInfo.endCursor : null;
      if (!after) expect(seen.length).toBe(protocols.totalCount);
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    const { protocols } = await api.read(
      `{ protocols(search: "${seen[3]!.slice(0, 12)}") { nodes { fingerprint } } }`,
    );
    expect(protocols.nodes).toEqual([{ fingerprint: seen[3] }]);
  });

  it("of checkpoints find one architecture under every spelling", async () => {
    const { checkpoints, architectures } = await api.read(
      `{ architectures checkpoints(architecture: "resnet50", first: 200) { totalCount nodes { architecture method { slug } } } }`,
    );
    expect(architectures).toEqual(["ResNet-50"]);
    expect(checkpoints.totalCount).toBe(14);
    expect(checkpoints.nodes[0].architecture).toBe("ResNet-50");
  });

  it("of runs are empty while nothing was run, and refuse unknown names", async () => {
    expect((await api.read(`{ runs { totalCount nodes { id } } }`)).runs.totalCount).toBe(0);
    const { errors } = await api.ask(`{ runs(dataset: "dtdd") { totalCount } }`);
    expect(errors?.[0]?.message).toContain("Did you mean dtd");
  });

  it("of datasets refuse an unknown domain with the near ones", async () => {
    const { domains } = await api.read(`{ domains }`);
    expect(domains).toContain("textures");
    const { errors } = await api.ask(`{ datasets(domain: ["texture"]) { totalCount } }`);
    expect(errors?.[0]?.message).toContain("Did you mean textures?");
  });
});

describe("search", () => {
  it("finds methods and measures by words", async () => {
    const { search } = await api.read(`{ search(text: "linear pets") { kind slug path } }`);
    for (const { slug } of search) expect(slug).toMatch(/linear.*pets|pets.*linear/);
    expect(search).toContainEqual({
      kind: "MEASURE",
      slug: "many-shot-linear/pets/mean-per-class-accuracy",
      path: "/suites/many-shot-linear/pets/mean-per-class-accuracy",
    });
    const near = await api.read(`{ search(text: "swaw", kinds: [METHOD]) { slug } }`);
    expect(near.search).toEqual([{ slug: "swav" }]);
  });
});

describe("the best on each measure", () => {
  it("is the board's own first and second", async () => {
    const { bestOnMeasures, leaderboard } = await api.read(`{
      bestOnMeasures(suite: "many-shot-linear") { measure { slug } best { method { slug } cell { value place } } next { method { slug } } }
      leaderboard(suite: "many-shot-linear") { columns { measure { slug } best } nodes { method { slug } cells { place measure { slug } } } } }`);
    expect(bestOnMeasures.length).toBe(leaderboard.columns.length);
    for (const { measure, best, next } of bestOnMeasures) {
      const placed = (place: number) =>
        leaderboard.nodes
          .filter((row: { cells: { place: number; measure: { slug: string } }[] }) =>
            row.cells.some((cell) => cell.place === place && cell.measure.slug === measure.slug),
          )
          .map((row: { method: { slug: string } }) => row.method.slug);
      expect(best.map(({ method }: { method: { slug: string } }) => method.slug)).toEqual(placed(1));
      expect(next.map(({ method }: { method: { slug: string } }) => method.slug)).toEqual(placed(2));
      expect(best[0].cell.place).toBe(1);
    }
  });
});

describe("a comparison", () => {
  it("counts wins, losses and ties of both methods", async () => {
    const { compare } = await api.read(`{ compare(methods: ["swav", "byol"], suite: "many-shot-linear") {
      duels { method { slug } opponent { slug } wins losses ties close pValue } rows { cells { value } } } }`);
    const [duel] = compare.duels;
    const wins = compare.rows.filter(
      ({ cells }: { cells: { value: number }[] }) => cells[0]!.value > cells[1]!.value,
    );
    expect(duel).toMatchObject({
      method: { slug: "swav" },
      opponent: { slug: "byol" },
      wins: wins.length,
      ties: 0,
    });
    expect(duel.wins + duel.losses + duel.ties).toBe(compare.rows.length);
  });
});

describe("a board's ranks", () => {
  it("have intervals over resampled datasets, and groups that cannot be told apart", async () => {
    const { leaderboard } = await api.read(
      `{ leaderboard(suite: "many-shot-linear") { nodes { rank rankAmongAll rankInterval { lower upper group } } } }`,
    );
    let before = 0;
    for (const { rank, rankAmongAll, rankInterval } of leaderboard.nodes) {
      expect(rankAmongAll).toBe(rank);
      expect(rankInterval.lower).toBeLessThanOrEqual(rank);
      expect(rankInterval.upper).toBeGreaterThanOrEqual(rank);
      expect(rankInterval.group).toBeGreaterThanOrEqual(before);
      before = rankInterval.group;
    }
    const { leaderboard: one } = await api.read(
      `{ leaderboard(suite: "segmentation") { nodes { rankInterval { lower } } } }`,
    );
    expect(one.nodes[0].rankInterval).toBeNull();
  });
});

describe("changes", () => {
  it("have the import of what was published, and nothing since", async () => {
    const { changes } = await api.read(
      `{ changes { nodes { kind at entries methods { slug } effects { before } } pageInfo { hasNextPage } } }`,
    );
    expect(changes.nodes).toHaveLength(1);
    expect(changes.nodes[0]).toMatchObject({ kind: "PUBLISHED", entries: 1204, effects: [] });
    const since = await api.read(`query ($since: DateTime) { changes(since: $since) { nodes { kind } } }`, {
      variables: { since: changes.nodes[0].at },
    });
    expect(since.changes.nodes).toEqual([]);
  });
});
