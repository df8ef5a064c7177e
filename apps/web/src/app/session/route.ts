/** POST: signs in with the token of the form. */
import { isOurs, keepSession, notOurs, seeOther, sessionOf } from "../../lib/session";

/** What a token looks like; anything else is not worth asking the API about. */
const looksLikeToken = /^[\x21-\x7e]{8,200}$/;

export async function POST(request: Request): Promise<Response> {
  if (!isOurs(request)) return notOurs();
  const given = (await request.formData()).get("token");
  const token = typeof given === "string" ? given.trim() : "";
  if (!looksLikeToken.test(token) || !(await sessionOf(token))) return seeOther("/submissions?refused=1");
  await keepSession(token);
  return seeOther("/submissions");
}
