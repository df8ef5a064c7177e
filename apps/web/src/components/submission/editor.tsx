"use client";

/**
 * The editor of a submission: text with line numbers, each problem on its line with suggestions that one click applies, a
 * search for measures, and a file by choosing or dropping. Text, name and format stay whatever a check finds. Without
 * script the same form sends a file or a text, and has the text after it.
 */
import { useActionState, useRef, useState } from "react";
import { type OfferState, offer } from "../../app/submissions/actions";
import { type Fault, problems, RankChanges } from "./faults";
import { placeOf, plainLines, replaced } from "./places";

interface MeasureOption {
  readonly slug: string;
  readonly title: string;
}

const formats = [
  ["", "Detect the format"],
  ["CSV", "CSV"],
  ["JSON", "JSON"],
  ["MODEL_INDEX", "model-index (YAML)"],
  ["MTEB", "MTEB results (JSON)"],
  ["TIMM_CSV", "timm results (CSV)"],
  ["TORCHGEO_CSV", "torchgeo-bench (CSV)"],
  ["CLIP_BENCHMARK_CSV", "CLIP_benchmark (CSV)"],
  ["EFFICIENT_PROBING_CSV", "efficient-probing (CSV)"],
  ["EVERY_EVAL_EVER", "Every Eval Ever (JSON)"],
  ["LM_EVAL", "lm-evaluation-harness (JSON)"],
  ["HF_MODEL_INDEX", "model-index of any card"],
  ["WANDB", "W&B runs (JSON)"],
] as const;

function FaultItem(props: {
  fault: Fault;
  text: string;
  onGo: (line: number) => void;
  onFix: (text: string) => void;
}) {
  const { fault, text } = props;
  const place = placeOf(text, fault.place);
  return (
    <li className="border-b border-line py-2 text-sm">
      <p>
        {place.line === null ? (
          <span className="font-mono text-xs">{place.words}</span>
        ) : (
          <button
            type="button"
            className="link font-mono text-xs"
            onClick={() => props.onGo(place.line ?? 1)}
          >
            line {place.line}
            {place.words !== "the file" && `: ${place.words}`}
          </button>
        )}{" "}
        <span className={`text-xs font-medium ${fault.severity === "ERROR" ? "text-fault" : "text-warn"}`}>
          {fault.severity === "ERROR" ? "Problem" : "Warning"}
        </span>
      </p>
      <p>
        {fault.message}
        {fault.expected && <span className="text-muted"> Expected {fault.expected}.</span>}
      </p>
      {fault.nearest.length > 0 && (
        <p className="mt-1 flex flex-wrap items-center gap-1.5">
          <span className="text-xs text-muted">Did you mean</span>
          {fault.nearest.map((suggestion) =>
            place.range ? (
              <button
                key={suggestion}
                type="button"
                className="chip cursor-pointer font-mono text-xs break-all"
                onClick={() => props.onFix(replaced(text, place, suggestion))}
              >
                {suggestion}
              </button>
            ) : (
              <code key={suggestion} className="text-xs break-all">
                {suggestion}
              </code>
            ),
          )}
        </p>
      )}
    </li>
  );
}

function MeasureSearch({
  measures,
  onPick,
}: {
  measures: readonly MeasureOption[];
  onPick: (slug: string) => void;
}) {
  const [search, setSearch] = useState("");
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? []
      : measures
          .filter(({ slug, title }) => words.every((word) => `${title} ${slug}`.toLowerCase().includes(word)))
          .slice(0, 10);
  return (
    <div className="text-sm">
      <label className="block">
        <span className="mb-1 block text-muted">Find a measure and insert it</span>
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder="segmentation iou"
          className="field w-full"
        />
      </label>
      <ul className="mt-1 max-h-60 overflow-y-auto">
        {found.map(({ slug, title }) => (
          <li key={slug}>
            <button
              type="button"
              className="w-full cursor-pointer rounded px-1 py-1 text-left hover:bg-raised"
              onClick={() => onPick(slug)}
            >
              {title}
              <code className="block text-xs break-all text-muted">{slug}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function SubmissionEditor({ measures }: { measures: readonly MeasureOption[] }) {
  const [state, act, pending] = useActionState<OfferState, FormData>(offer, { step: "start" });
  const [text, setText] = useState(state.step === "start" ? "" : (state.content ?? ""));
  const [name, setName] = useState("");
  const [format, setFormat] = useState("");
  const [over, setOver] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);

  const open = async (file: File | undefined) => {
    if (!file) return;
    setText(plainLines(await file.text()));
    setName(file.name);
  };
  const go = (line: number) => {
    const field = area.current;
    if (!field) return;
    const lines = text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, (line - 4) * 20);
  };
  const insert = (slug: string) => {
    const field = area.current;
    const [start, end] = [field?.selectionStart ?? text.length, field?.selectionEnd ?? text.length];
    setText(text.slice(0, start) + slug + text.slice(end));
    field?.focus();
  };

  // What was found is of the text that was checked: of another text it may no longer hold.
  const current = state.step === "start" ? undefined : state.content;
  const stale = current !== undefined && current !== text;
  const faults = state.step === "faulty" ? state.faults : state.step === "checked" ? state.warnings : [];
  const wrong = new Set(
    stale
      ? []
      : faults.filter(({ severity }) => severity === "ERROR").map(({ place }) => placeOf(text, place).line),
  );
  const lines = Math.max(12, text.split("\n").length);

  return (
    <form action={act} className="mt-5 grid max-w-6xl gap-6 lg:grid-cols-[3fr_2fr]">
      <div className="min-w-0">
        <div className="mb-2 flex flex-wrap items-end gap-3 text-sm">
          <label className="button">
            Choose a file
            <input
              type="file"
              name="file"
              accept=".json,.csv,.yaml,.yml,.md"
              className="sr-only"
              onChange={async (event) => {
                const field = event.target;
                await open(field.files?.[0]);
                // It is in the text now: the text is what is sent.
                field.value = "";
              }}
            />
          </label>
          <span className="min-w-0 grow truncate self-center text-muted">
            {name || "or drop one on the text"}
          </span>
          <input type="hidden" name="name" value={name} />
          <label>
            <span className="sr-only">Format</span>
            <select
              name="format"
              value={format}
              onChange={(event) => setFormat(event.target.value)}
              className="field"
            >
              {formats.map(([value, title]) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        </div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a shortcut; the button beside does the same */}
        <div
          className={`flex h-96 overflow-hidden rounded-md border font-mono text-xs leading-5 ${over ? "border-accent" : "border-line"}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            void open(event.dataTransfer.files[0]);
          }}
        >
          <div
            ref={gutter}
            aria-hidden="true"
            className="w-12 shrink-0 overflow-hidden border-r border-line bg-raised py-2 text-right text-muted select-none"
          >
            {Array.from({ length: lines }, (_, i) => i + 1).map((line) => (
              <div key={line} className={`pr-2 ${wrong.has(line) ? "bg-fault font-bold text-ground" : ""}`}>
                {line}
              </div>
            ))}
          </div>
          <textarea
            ref={area}
            name="text"
            aria-label="Results, as text"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onScroll={(event) => {
              if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
            }}
            spellCheck={false}
            wrap="off"
            placeholder={
              "method,name,family,source,measure,value\nowl,Owl,CONTRASTIVE,https://example.org/owl,segmentation/ade20k/mean-iou,0.3121"
            }
            className="min-w-0 grow resize-none bg-ground p-2 leading-5 outline-offset-[-2px]"
          />
        </div>
        <div className="mt-3 flex flex-wrap gap-2">
          <button
            type="submit"
            name="intent"
            value="check"
            disabled={pending}
            className={`button ${state.step === "checked" && !stale ? "" : "button-primary"}`}
          >
            {pending ? "Checking …" : state.step === "start" ? "Check" : "Check again"}
          </button>
          {state.step === "checked" && !stale && (
            <button
              type="submit"
              name="intent"
              value="send"
              disabled={pending}
              className="button button-primary"
            >
              Send for review
            </button>
          )}
        </div>
      </div>
      <div className="min-w-0 space-y-5">
        <div role="status">
          {state.step === "refused" && (
            <p className="rounded border border-fault bg-raised p-3 text-sm">{state.message}</p>
          )}
          {state.step === "faulty" && (
            <>
              <h2 className="text-lg font-semibold">
                {problems(faults.filter(({ severity }) => severity === "ERROR").length)}
              </h2>
              <p className="text-sm text-muted">
                {stale ? "The text has changed: check it again." : "Nothing was recorded."}
              </p>
            </>
          )}
          {state.step === "checked" && (
            <>
              <h2 className="text-lg font-semibold">No problems</h2>
              <p className="mb-2 text-sm text-muted">
                {stale
                  ? "The text has changed: check it again."
                  : "Nothing is recorded yet. If a reviewer accepts it:"}
              </p>
              {!stale && <RankChanges changes={state.changes} />}
              {faults.length > 0 && <h3 className="mt-4 font-semibold">Warnings</h3>}
            </>
          )}
          {faults.length > 0 && (
            <ul>
              {faults.map((fault, i) => (
                <FaultItem
                  key={`${fault.place} ${fault.message} ${String(i)}`}
                  fault={fault}
                  text={stale ? text : (current ?? text)}
                  onGo={go}
                  onFix={setText}
                />
              ))}
            </ul>
          )}
        </div>
        <MeasureSearch measures={measures} onPick={insert} />
      </div>
    </form>
  );
}
