import { expect, it } from "vitest";
import { SeededRandom, tensor } from "../tensor/index.ts";
import { openLogistic } from "./logistic.ts";

const [ROWS, FEATURES, CLASSES] = [460, 24, 12];

it("reaches a strongly penalised optimum in tens of iterations, whatever rounding all classes share", async () => {
  const random = new SeededRandom(4);
  const labels = Int32Array.from({ length: ROWS }, (_, i) => i % CLASSES);
  const data = Float32Array.from({ length: ROWS * FEATURES }, (_, i) =>
    random.normal(((labels[Math.floor(i / FEATURES)]! * (i % FEATURES)) % 7) * 2, 4),
  );
  const x = tensor("float32", [ROWS, FEATURES], data);
  await using logistic = await openLogistic({ x, labels, device: "cpu" });
  const fit = await logistic.fit(1e-6, { gradientLimit: 1e-8 });
  expect(fit.status).toBe("converged");
  expect(fit.gradientNorm).toBeLessThan(1e-8);
  expect(fit.iterations).toBeLessThan(60);
});
