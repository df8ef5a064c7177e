"use client";

/** One line above a board: search, columns, families, what is kept to, the view, and what a reader takes along. */
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState, useTransition } from "react";
import type { Aggregate, Family, Provenance } from "../../../generated/graphql";
import { aggregateNames, familyNames, provenanceNames } from "../../lib/format";
import { changed, KeptParams, LiveDownload, LiveLink, showHere } from "../live-link";
import { FamilyDot } from "../marks";
import type { BoardColumn } from "./rows";
import { type Readout, readoutNames, toggled, type ViewState } from "./view-state";

export interface ToolbarProps {
  readonly state: ViewState;
  readonly columns: readonly BoardColumn[];
  readonly rankBy: { readonly chosen: Aggregate; readonly choices: readonly Aggregate[] };
  readonly families: { readonly chosen: readonly Family[]; readonly present: readonly Family[] };
  readonly provenances: { readonly chosen: readonly Provenance[]; readonly present: readonly Provenance[] };
  /** Each part of the filter in words, and what takes it out of the address. */
  readonly filters: readonly {
    readonly words: string;
    readonly without: Readonly<Record<string, string>>;
  }[];
  readonly clear: Readonly<Record<string, string>>;
  /** Whether some value of the board says how its features were read out. */
  readonly readouts: boolean;
  /** Whether some cell is empty. */
  readonly hasEmpty: boolean;
  /** Whether some value of the board is not comparable. */
  readonly incomparable: boolean;
  readonly exports: { readonly suite: string; readonly fixed: Readonly<Record<string, string | undefined>> };
  readonly shown: number;
  readonly total: number;
  /** More rows are on other pages: the server searches. */
  readonly paged: boolean;
  /** Filters that are not one click away. */
  readonly more: ReactNode;
  /** The choice of a protocol, where a column has several. */
  readonly protocols: ReactNode;
}

/** What downloads follow of the view. */
const followed = ["hide", "pin", "sort", "among", "readout"] as const;

const formats = [
  { ending: "csv", name: "CSV" },
  { ending: "json", name: "JSON" },
  { ending: "tex", name: "LaTeX" },
] as const;

/** How long a reader pauses in typing before the server is asked. */
const PAUSE_MS = 250;

/** Every row that is here is searched as one types; of a longer board the server is asked at every pause. */
function SearchBox({ state, paged }: { state: ViewState; paged: boolean }) {
  const search = useSearchParams();
  const router = useRouter();
  const [waiting, begin] = useTransition();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (text: string, pause: number) => {
    const address = changed(search, { q: text || undefined, ...(paged && { after: undefined }) });
    if (!paged) return showHere(address);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => begin(() => router.replace(address, { scroll: false })), pause);
  };
  return (
    <form
      method="get"
      aria-busy={waiting}
      onSubmit={(event) => {
        event.preventDefault();
        show(String(new FormData(event.currentTarget).get("q") ?? ""), 0);
      }}
      className="grow basis-40 sm:grow-0"
    >
      <KeptParams except={paged ? ["q", "after"] : ["q"]} />
      <input
        type="search"
        name="q"
        aria-label="Search methods on this board"
        placeholder="Search methods"
        defaultValue={state.search}
        onChange={(event) => show(event.target.value, PAUSE_MS)}
        className="field w-full sm:w-44"
      />
    </form>
  );
}

function ColumnChooser({ columns, state }: { columns: readonly BoardColumn[]; state: ViewState }) {
  const search = useSearchParams();
  const toggle = (hide: string | undefined) => showHere(changed(search, { hide }));
  return (
    <details className="menu">
      <summary className="button">
        Columns{state.hidden.size > 0 && ` (${columns.length - state.hidden.size} of ${columns.length})`}
      </summary>
      <div className="max-h-96 w-72 overflow-y-auto rounded-md border border-line bg-ground p-2 text-sm shadow-lg">
        <div className="mb-1 flex gap-2">
          <button type="button" className="button" onClick={() => toggle(undefined)}>
            All
          </button>
          <button
            type="button"
            className="button"
            onClick={() => toggle(columns.map(({ id }) => id).join(","))}
          >
            None
          </button>
        </div>
        {columns.map(({ id, label, group }) => (
          <label
            key={id}
            className="flex min-h-9 cursor-pointer items-center gap-2 rounded px-1 hover:bg-raised"
          >
            <input
              type="checkbox"
              checked={!state.hidden.has(id)}
              onChange={() => toggle(toggled(state.hidden, id))}
            />
            <span>
              {group && <span className="text-muted">{group}: </span>}
              {label}
            </span>
          </label>
        ))}
      </div>
    </details>
  );
}

/** Copies the address, view and all. */
function ShareButton() {
  const [said, setSaid] = useState("");
  const [able, setAble] = useState(false);
  useEffect(() => setAble(Boolean(navigator.clipboard)), []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  if (!able) return null;
  const copy = () =>
    navigator.clipboard.writeText(window.location.href).then(
      () => setSaid("Copied"),
      () => setSaid("Copy the address bar"),
    );
  return (
    <button type="button" className="button" onClick={copy}>
      <span role="status">{said || "Share"}</span>
    </button>
  );
}

function Switch(props: { name: string; on: boolean; value: string; label: string }) {
  return (
    <LiveLink
      set={{ [props.name]: props.on ? "" : props.value, after: "" }}
      aria-current={props.on ? "true" : undefined}
      className="button"
    >
      {props.label}
    </LiveLink>
  );
}

/** Which of a method's readouts are shown. */
function ReadoutChooser({ chosen }: { chosen: Readout | null }) {
  const choices = [["", "newest value"], ...Object.entries(readoutNames)] as const;
  return (
    <details className="menu">
      <summary className="button">
        <span className="text-muted">Readout</span> {chosen ? readoutNames[chosen] : "newest value"}
      </summary>
      <nav
        aria-label="Readout"
        className="flex w-52 flex-col gap-1 rounded-md border border-line bg-ground p-2 shadow-lg"
      >
        {choices.map(([value, label]) => (
          <LiveLink
            key={value}
            set={{ readout: value, after: "" }}
            aria-current={value === (chosen ?? "") ? "true" : undefined}
            className="button justify-start"
          >
            {label}
          </LiveLink>
        ))}
        {chosen === "best" && (
          <p className="px-1 text-xs text-muted">
            The best is chosen on the test images, which favours methods with many readouts.
          </p>
        )}
      </nav>
    </details>
  );
}

export function Toolbar(props: ToolbarProps) {
  const { state, columns, families, provenances, rankBy } = props;
  const { suite, fixed } = props.exports;
  const search = useSearchParams();
  const here = (changes: Readonly<Record<string, string | undefined>>) => ({
    href: changed(search, changes),
    onClick: (event: React.MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      showHere(changed(search, changes));
    },
  });
  return (
    <div className="mb-3 space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox state={state} paged={props.paged} />
        {columns.length > 1 && <ColumnChooser columns={columns} state={state} />}
        {rankBy.choices.length > 1 && (
          <details className="menu">
            <summary className="button">
              <span className="text-muted">Rank by</span> {aggregateNames[rankBy.chosen]}
            </summary>
            <nav
              aria-label="Rank by"
              className="flex w-48 flex-col gap-1 rounded-md border border-line bg-ground p-2 shadow-lg"
            >
              {rankBy.choices.map((one) => (
                <LiveLink
                  key={one}
                  set={{ aggregate: one.toLowerCase().replace("_", "-"), sort: "", after: "" }}
                  aria-current={one === rankBy.chosen ? "true" : undefined}
                  className="button justify-start"
                >
                  {aggregateNames[one]}
                </LiveLink>
              ))}
            </nav>
          </details>
        )}
        {(props.readouts || state.readout) && <ReadoutChooser chosen={state.readout} />}
        {props.more}
        <nav aria-label="View" className="flex">
          {(["table", "plot"] as const).map((view) => (
            <a
              key={view}
              {...here({ view: view === "table" ? undefined : view })}
              aria-current={state.view === view ? "true" : undefined}
              className={`button ${view === "table" ? "rounded-r-none" : "-ml-px rounded-l-none"}`}
            >
              {view === "table" ? "Table" : "Plot"}
            </a>
          ))}
        </nav>
        {state.view === "table" && props.hasEmpty && (
          <Switch name="ghosts" on={state.ghosts} value="1" label="Predict empty cells" />
        )}
        {state.view === "table" && (
          <a
            {...here({ heat: state.heat ? undefined : "1" })}
            aria-current={state.heat ? "true" : undefined}
            className="button"
          >
            Shade
          </a>
        )}
        {(props.incomparable || state.all) && (
          <Switch
            name="among"
            on={state.all}
            value="all"
            label={state.all ? "Ranking all values" : "Rank all values"}
          />
        )}
        <span className="flex gap-2 sm:ml-auto">
          <ShareButton />
          <details className="menu">
            <summary className="button">Download</summary>
            <div className="right-0 flex w-44 flex-col gap-1 rounded-md border border-line bg-ground p-2 shadow-lg">
              {formats.map(({ ending, name }) => (
                <LiveDownload
                  key={ending}
                  path={`/export/leaderboard.${ending}`}
                  fixed={fixed}
                  follow={followed}
                  file={`${suite.replaceAll("/", "-")}.${ending}`}
                  className="button justify-start"
                >
                  {name}
                </LiveDownload>
              ))}
              {!suite.includes("/") && (
                <a className="button justify-start" href={`/feeds/suites/${suite}.atom`}>
                  Feed of changes
                </a>
              )}
            </div>
          </details>
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <nav aria-label="Families" className="flex flex-wrap gap-1.5">
          {families.present.map((family) => {
            const on = families.chosen.includes(family);
            return (
              <LiveLink
                key={family}
                set={{ family: toggled(families.chosen, family) ?? "", after: "" }}
                aria-current={on ? "true" : undefined}
                className={`chip ${on ? "border-ink font-medium" : ""}`}
              >
                <FamilyDot family={family} />
                {familyNames[family]}
              </LiveLink>
            );
          })}
        </nav>
        {provenances.present.length > 1 && (
          <nav aria-label="Provenance" className="flex flex-wrap gap-1.5 border-l border-line pl-2">
            {provenances.present.map((one) => {
              const on = provenances.chosen.includes(one);
              return (
                <LiveLink
                  key={one}
                  set={{ provenance: toggled(provenances.chosen, one) ?? "", after: "" }}
                  aria-current={on ? "true" : undefined}
                  className={`chip ${on ? "border-ink font-medium" : ""}`}
                >
                  {provenanceNames[one]}
                </LiveLink>
              );
            })}
          </nav>
        )}
        {props.protocols}
        {props.filters.map(({ words, without }) => (
          <LiveLink key={words} set={{ ...without, after: "" }} className="chip border-accent">
            {words} <span aria-hidden="true">×</span>
            <span className="sr-only">: remove this filter</span>
          </LiveLink>
        ))}
        {props.filters.length > 1 && (
          <LiveLink set={{ ...props.clear, after: "" }} className="link text-sm">
            Clear all filters
          </LiveLink>
        )}
        {state.search && !props.paged && (
          <span role="status" className="text-sm text-muted">
            {props.shown} of {props.total} methods
          </span>
        )}
      </div>
    </div>
  );
}
