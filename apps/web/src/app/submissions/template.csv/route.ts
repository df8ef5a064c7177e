/** A CSV file of results to begin with. */
import { csvTemplate } from "../../../components/submission/templates";

export const GET = () =>
  new Response(csvTemplate, { headers: { "content-type": "text/csv; charset=utf-8" } });
