/** POST: signs out. The session is over; the token itself stays valid until it expires or is revoked. */
import { endSession, isOurs, notOurs, seeOther } from "../../../lib/session";

export async function POST(request: Request): Promise<Response> {
  if (!isOurs(request)) return notOurs();
  await endSession();
  return seeOther("/submissions");
}
