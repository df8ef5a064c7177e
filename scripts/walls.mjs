/**
 * Checks every import against the walls of .dependency-cruiser.mjs, and that docs/architecture.md tells the rooms in their
 * order; prints one sentence a broken wall.
 */
import { readFileSync } from "node:fs";
import swc from "@swc/core/Visitor.js";
import { cruise } from "dependency-cruiser";
import walls, { rooms } from "../.dependency-cruiser.mjs";

// swc's visitor does not know `using`, which for our purpose is one more declaration.
const Visitor = swc.Visitor ?? swc;
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement;
};

const { forbidden, options } = walls;
const sentences = new Map(forbidden.map((rule) => [rule.name, rule.comment]));
const { output } = await cruise(["apps", "packages", "prisma", "tests"], {
  ...options,
  validate: true,
  ruleSet: { forbidden },
});

for (const { rule, from, to, cycle } of output.summary.violations) {
  const path = cycle ? cycle.map((step) => step.name).join(" -> ") : to;
  console.error(`${from} -> ${path}\n  ${rule.name}: ${sentences.get(rule.name)}`);
}
// The first column of its table of rooms; a line may hold several.
const page = readFileSync("docs/architecture.md", "utf8");
const told = page
  .slice(page.indexOf("| room |"), page.indexOf("## Words"))
  .matchAll(/^[|] ([a-z, ]+) [|]/gm)
  .flatMap(([, names]) => names.split(", "))
  .drop(1)
  .toArray();
if (told.join() !== rooms.join()) {
  console.error(`docs/architecture.md lists the rooms ${told.join(", ")}\n  expected ${rooms.join(", ")}`);
  process.exit(1);
}

const { violations, totalCruised, totalDependenciesCruised } = output.summary;
if (violations.length > 0) {
  console.error(`${violations.length} imports break a wall.`);
  process.exit(1);
}
console.log(`The walls hold: ${totalCruised} files, ${totalDependenciesCruised} imports.`);
