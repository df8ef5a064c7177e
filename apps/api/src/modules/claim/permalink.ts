/** The site's address of a claim's question, where it is answered with everything around it. */
import type { Question, Variable } from "@transferboard/eval-core/record";

const slugOf = (variable: Variable) => ("suite" in variable ? variable.suite : variable.measure);

const boardPath = (variable: Variable) => `/suites/${slugOf(variable)}`;

export function permalinkOf(question: Question): string {
  switch (question.kind) {
    case "correlation": {
      const { x, y, raw } = question;
      const query = new URLSearchParams({ x: slugOf(x), y: slugOf(y), transform: raw ? "NONE" : "LOGIT" });
      return `/correlation?${query}`;
    }
    case "compare":
      return `/compare?${new URLSearchParams({ methods: `${question.a},${question.b}` })}`;
    case "rank":
      return boardPath(question.variable);
    case "value":
      return `/methods/${question.method}`;
  }
}
