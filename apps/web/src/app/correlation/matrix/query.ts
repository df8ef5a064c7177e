/** What a matrix is of, read from its address, and the request for it. The page and its CSV share both. */
import { graphql } from "../../../../generated";
import type { Coefficient, Transform, VariableInput } from "../../../../generated/graphql";
import { oneOf, type Query, readMoment } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { readFilter } from "../../../lib/board-filter";

export const MatrixQuery = graphql(`
  query CorrelationMatrix(
    $variables: [VariableInput!]!
    $coefficient: Coefficient!
    $transform: Transform!
    $orient: Boolean!
    $filter: BoardFilter
    $asOf: DateTime
  ) {
    correlationMatrix(
      variables: $variables
      coefficient: $coefficient
      transform: $transform
      orient: $orient
      filter: $filter
      asOf: $asOf
    ) {
      variables {
        slug
        title
        unit
        negated
        measures {
          setting {
            slug
            title
          }
          dataset {
            title
          }
          metric {
            title
          }
        }
      }
      coefficients
      counts
      pValues
      adjustedPValues
      intervals {
        lower
        upper
      }
      position
    }
  }
`);

const SuiteQuery = graphql(`
  query MatrixSuite($slug: String!) {
    suite(slug: $slug) {
      title
      measures {
        slug
      }
    }
  }
`);

/** ImageNet and the paper's eight settings, each as the mean over its suite. */
const paperSettings: readonly VariableInput[] = [
  { measure: "imagenet/imagenet/top1" },
  { suite: "many-shot-linear" },
  { suite: "many-shot-finetune" },
  { suite: "few-shot-kornblith" },
  { suite: "few-shot-cdfsl" },
  { suite: "detection-frozen" },
  { suite: "detection-finetune" },
  { suite: "surface-normals" },
  { suite: "segmentation" },
];

export const coefficients: Readonly<Record<Coefficient, { name: string; symbol: string }>> = {
  PEARSON: { name: "Pearson", symbol: "r" },
  SPEARMAN: { name: "Spearman", symbol: "ρ" },
  KENDALL: { name: "Kendall", symbol: "τ" },
};

/** `of` in the address is a suite, whose measures are correlated; without it, the paper's settings are. */
export async function readMatrix(query: Query) {
  const suite = query.of ? (await ask(SuiteQuery, { slug: query.of })).suite : null;
  const coefficient =
    oneOf(Object.keys(coefficients) as Coefficient[], query.coefficient?.toUpperCase()) ?? "PEARSON";
  const transform: Transform = query.transform === "NONE" ? "NONE" : "LOGIT";
  // As the paper does it, more is better everywhere unless one asks otherwise.
  const orient = query.orient !== "0";
  const { correlationMatrix } = await ask(MatrixQuery, {
    variables: suite ? suite.measures.map(({ slug }) => ({ measure: slug })) : [...paperSettings],
    coefficient,
    transform,
    orient,
    filter: readFilter(query),
    asOf: readMoment(query.asOf) ?? null,
  });
  return { ...correlationMatrix, suite, coefficient, transform, orient };
}
