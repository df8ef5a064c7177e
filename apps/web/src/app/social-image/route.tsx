/** The picture that social sites show beside a link: drawn by this server, of the record as it is. */
import { ImageResponse } from "next/og";
import { graphql } from "../../../generated";
import { ask } from "../../lib/api";

export const dynamic = "force-dynamic";

const BoardPicture = graphql(`
  query SocialBoard($suite: String!) {
    leaderboard(suite: $suite, first: 5) {
      suite {
        title
      }
      edges {
        rank
        node {
          method {
            name
          }
        }
      }
    }
  }
`);

const MethodPicture = graphql(`
  query SocialMethod($slug: String!) {
    method(slug: $slug) {
      name
      standings {
        rank
        of
        suite {
          title
        }
      }
    }
  }
`);

interface Content {
  readonly title: string;
  readonly lines: readonly string[];
}

async function contentOf(search: URLSearchParams): Promise<Content> {
  const method = search.get("method");
  if (method) {
    const { method: found } = await ask(MethodPicture, { slug: method });
    const ranked = found.standings.filter(({ rank }) => rank != null).slice(0, 5);
    return {
      title: found.name,
      lines: ranked.map(({ rank, of, suite }) => `${suite.title}: ${rank} of ${of}`),
    };
  }
  const { leaderboard } = await ask(BoardPicture, { suite: search.get("suite") ?? "overview" });
  return {
    title: search.get("suite") ? leaderboard.suite.title : "How well do pretrained vision models transfer?",
    lines: leaderboard.edges.map(({ rank, node }) => `${rank ?? "-"}. ${node.method.name}`),
  };
}

export async function GET(request: Request): Promise<Response> {
  const { title, lines } = await contentOf(new URL(request.url).searchParams);
  return new ImageResponse(
    <div
      style={{
        width: "100%",
        height: "100%",
        display: "flex",
        flexDirection: "column",
        justifyContent: "space-between",
        padding: 72,
        background: "#fdfdfc",
        color: "#1b1b19",
      }}
    >
      <div style={{ display: "flex", fontSize: 34, color: "#0b5fa5" }}>transferboard</div>
      <div style={{ display: "flex", fontSize: 64, lineHeight: 1.15 }}>{title}</div>
      <div style={{ display: "flex", flexDirection: "column", fontSize: 30, color: "#5d5d57" }}>
        {lines.map((line) => (
          <div key={line} style={{ display: "flex", marginTop: 6 }}>
            {line}
          </div>
        ))}
      </div>
    </div>,
    { width: 1200, height: 630, headers: { "cache-control": "public, max-age=3600" } },
  );
}
