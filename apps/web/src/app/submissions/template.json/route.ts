/** A JSON file of results to begin with. */
import { jsonTemplate } from "../../../components/submission/templates";

export const GET = () =>
  new Response(jsonTemplate, { headers: { "content-type": "application/json; charset=utf-8" } });
