/** Where the menu of boards leads without script: to the board that was chosen, on this site alone. */
export function GET(request: Request): Response {
  const to = new URL(request.url).searchParams.get("to") ?? "/";
  const safe = /^\/(suites\/[A-Za-z0-9%/._-]*)?$/.test(to) ? to : "/";
  return new Response(null, { status: 303, headers: { location: safe } });
}
