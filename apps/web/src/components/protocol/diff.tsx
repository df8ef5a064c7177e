/** In which fields two protocols differ: why numbers under them are not strictly comparable. */
import Link from "next/link";
import { graphql } from "../../../generated";
import { ask } from "../../lib/api";
import { ListTable } from "../list-table";

const DiffQuery = graphql(`
  query ProtocolDiff($left: String!, $right: String!) {
    protocolDiff(left: $left, right: $right) {
      left {
        fingerprint
        title
        setting {
          title
        }
      }
      right {
        fingerprint
        title
        setting {
          title
        }
      }
      differences {
        path
        left
        right
      }
    }
  }
`);

/** A longer value is spread over lines. */
const longestLine = 60;

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="block text-xs text-muted">absent</span>;
  const line = JSON.stringify(value);
  const text = line.length > longestLine ? JSON.stringify(value, null, 1) : line;
  return <code className="block text-xs break-words whitespace-pre-wrap">{text}</code>;
}

export async function ProtocolDiff(asked: { left: string; right: string }) {
  const { left, right, differences } = (await ask(DiffQuery, asked)).protocolDiff;
  const both = [left, right];
  return (
    <>
      <dl className="mb-6 grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[auto_1fr]">
        {both.map(({ fingerprint, title, setting }, i) => (
          <div key={i === 0 ? "left" : "right"} className="contents">
            <dt className="text-muted">{i === 0 ? "First" : "Second"}</dt>
            <dd>
              <Link className="link" href={`/protocols/${fingerprint}`} prefetch={false}>
                {title}
              </Link>{" "}
              <span className="text-muted">{setting.title}</span>
              <code className="block text-xs break-all text-muted">{fingerprint}</code>
            </dd>
          </div>
        ))}
      </dl>
      {differences.length === 0 ? (
        <p>The two protocols are the same.</p>
      ) : (
        <>
          <p className="mb-2 text-sm text-muted">
            {differences.length === 1 ? "One field differs" : `${differences.length} fields differ`}; all
            others are the same.
          </p>
          <ListTable
            label="Fields that differ"
            className="table-fixed"
            rows={differences}
            rowKey={({ path }) => path}
            columns={[
              {
                title: "Field",
                heads: true,
                className: "font-mono text-xs font-normal break-words",
                show: ({ path }) => path.slice(1).replaceAll("/", " / "),
              },
              { title: "First", show: (one) => <Value value={one.left} /> },
              { title: "Second", show: (one) => <Value value={one.right} /> },
            ]}
          />
        </>
      )}
    </>
  );
}

const ChoicesQuery = graphql(`
  query ProtocolChoices {
    protocols(first: 200) {
      totalCount
      nodes {
        fingerprint
        title
        setting {
          title
        }
      }
    }
  }
`);

const sides = { left: "First protocol", right: "Second protocol" } as const;

/** Two protocols to hold against each other, searched by name or fingerprint; on a protocol's own page one is given. */
export async function DiffForm({ left, right }: { left?: string | undefined; right?: string | undefined }) {
  const { protocols } = await ask(ChoicesQuery);
  return (
    <form method="get" action="/protocols/diff" className="flex flex-wrap items-end gap-3 text-sm">
      <datalist id="protocols">
        {protocols.nodes.map(({ fingerprint, title, setting }) => (
          <option key={fingerprint} value={fingerprint}>
            {title} ({setting.title})
          </option>
        ))}
      </datalist>
      {(["left", "right"] as const).map((name) => (
        <label key={name} className="min-w-0 grow basis-72">
          <span className="mb-1 block text-muted">{sides[name]}</span>
          <input
            name={name}
            list="protocols"
            required
            pattern="[0-9a-f]{64}"
            title="Choose a protocol from the list, or paste a fingerprint of 64 hexadecimal digits"
            placeholder="Type a name, or paste a fingerprint"
            defaultValue={name === "left" ? left : right}
            autoComplete="off"
            className="field w-full min-w-0 font-mono text-xs"
          />
        </label>
      ))}
      <button type="submit" className="button">
        Compare
      </button>
      {protocols.totalCount > protocols.nodes.length && (
        <p className="w-full text-xs text-muted">
          The list has {protocols.nodes.length} of {protocols.totalCount} protocols. For another, paste its
          fingerprint.
        </p>
      )}
    </form>
  );
}
