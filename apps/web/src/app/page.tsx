import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../generated";
import type { HomeAnswerFragment } from "../../generated/graphql";
import { AsOfNotice } from "../components/as-of";
import { FaultNotice } from "../components/fault-notice";
import { FilterNotice } from "../components/filter-notice";
import { type Answer, AnswerCards } from "../components/home/answer-cards";
import { Overview } from "../components/overview/overview";
import { OverviewQuery } from "../components/overview/query";
import { SuiteNav } from "../components/suites/suite-nav";
import { readMoment, readQuery, type SearchParams, withQuery } from "../lib/address";
import { ask } from "../lib/api";
import { filterQuery, noFilter, readFilter } from "../lib/board-filter";
import { filterFaults } from "../lib/filter-faults";

// Every page shows the record as it is now.
export const dynamic = "force-dynamic";
export const metadata: Metadata = { alternates: { canonical: "/" } };

const HomeQuery = graphql(`
  query Home {
    methods(first: 1) {
      totalCount
    }
    measures(first: 1) {
      totalCount
    }
    results(first: 1) {
      totalCount
    }
    runs(first: 1, state: DONE) {
      totalCount
    }
    linear: correlation(x: { measure: "imagenet/imagenet/top1" }, y: { suite: "many-shot-linear" }) {
      ...HomeAnswer
    }
    segmentation: correlation(x: { measure: "imagenet/imagenet/top1" }, y: { suite: "segmentation" }) {
      ...HomeAnswer
    }
  }

  fragment HomeAnswer on Correlation {
    n
    coefficient
    regression {
      slope
      intercept
    }
    points {
      method {
        family
      }
      x
      y
    }
  }
`);

const answerOf = ({ n, coefficient, regression, points }: HomeAnswerFragment): Answer => ({
  n,
  coefficient: coefficient ?? null,
  line: regression ?? null,
  points: points.map(({ method, x, y }) => ({ x, y, family: method.family })),
});

const count = (value: number) => value.toLocaleString("en");

export default async function Home({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const faults = filterFaults(query);
  if (faults.length > 0) {
    return (
      <>
        <h1 className="mb-3 text-xl font-semibold tracking-tight">Overview</h1>
        <FaultNotice
          what="The overview"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined })}
        />
      </>
    );
  }
  const asOf = readMoment(query.asOf) ?? null;
  const [overview, home] = await Promise.all([
    ask(OverviewQuery, {
      filter: readFilter(query),
      among: query.among === "all" ? "ALL" : "COMPARABLE",
      asOf,
    }),
    ask(HomeQuery),
  ]);
  const leaders = overview.all.edges
    .filter(({ rank }) => rank != null)
    .slice(0, 5)
    .map(({ node }) => ({
      name: node.method.name,
      family: node.method.family,
      meanRank: node.aggregate ?? 0,
    }));
  return (
    <div className="flex flex-col">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-8 gap-y-3 sm:mb-5">
        <div className="max-w-3xl">
          <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">
            How well do pretrained vision models transfer?
          </h1>
          <p className="mt-1 text-sm text-muted sm:text-base">
            transferboard compares pretrained vision models by how well they do on other tasks:
            classification, detection, surface normals and segmentation.
          </p>
        </div>
        <p className="hidden gap-2 sm:flex">
          <Link href="/suites/many-shot-linear" prefetch={false} className="button button-primary">
            Explore the boards
          </Link>
          <Link href="/evaluate" prefetch={false} className="button">
            Evaluate your model
          </Link>
        </p>
      </div>
      <div className="order-last mt-6 sm:order-none sm:mt-0 sm:mb-6">
        <AnswerCards
          leaders={leaders}
          methods={overview.all.rankedCount}
          linear={answerOf(home.linear)}
          segmentation={answerOf(home.segmentation)}
        />
        <dl className="mt-4 flex flex-wrap items-baseline gap-x-8 gap-y-2 text-sm">
          {(
            [
              ["methods", home.methods.totalCount, "/methods"],
              ["measures", home.measures.totalCount, "/suites/overview"],
              ["values", home.results.totalCount, "/changes"],
              ["evaluations run here", home.runs.totalCount, "/runs"],
            ] as const
          ).map(([name, value, href]) => (
            <div key={name} className="flex items-baseline gap-1.5">
              <dt className="order-last text-muted">
                <Link href={href} prefetch={false} className="hover:underline">
                  {name}
                </Link>
              </dt>
              <dd className="text-lg font-semibold tabular-nums">{count(value)}</dd>
            </div>
          ))}
          <div className="flex items-baseline gap-1.5">
            <dt className="text-muted">First source</dt>
            <dd>
              <a className="link" href="https://arxiv.org/abs/2011.13377">
                Ericsson et al., CVPR 2021
              </a>
            </dd>
          </div>
        </dl>
        <p className="mt-4 flex gap-2 sm:hidden">
          <Link href="/suites/many-shot-linear" prefetch={false} className="button button-primary">
            Explore the boards
          </Link>
          <Link href="/evaluate" prefetch={false} className="button">
            Evaluate your model
          </Link>
        </p>
      </div>
      <SuiteNav current="overview" />
      <AsOfNotice what="The overview" asOf={asOf} now={withQuery(query, { asOf: undefined })} />
      <FilterNotice query={query} shown={[]} />
      <Overview
        answer={overview}
        query={withQuery(query, {})}
        exported={{ ...filterQuery(query), asOf: asOf ?? undefined }}
      />
    </div>
  );
}
