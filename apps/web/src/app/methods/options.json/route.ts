/** GET ?q=: the methods that a picker offers for a search, for boards of more methods than a page carries. */
import { OptionsQuery } from "../../../components/compare/options";
import { ask } from "../../../lib/api";

export async function GET(request: Request): Promise<Response> {
  const search = new URL(request.url).searchParams.get("q")?.trim() || null;
  const { methods } = await ask(OptionsQuery, { search });
  return Response.json(methods, { headers: { "cache-control": "no-store" } });
}
