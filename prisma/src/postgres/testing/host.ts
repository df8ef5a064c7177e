/**
 * A process that runs the embedded Postgres, for tests to interrupt and kill: `node host.ts FOLDER`. It prints its
 * server as one line of JSON. On SIGINT it asks the server a question before it stops it.
 */
import pg from "pg";
import { startPostgres } from "../index.ts";

const postgres = await startPostgres({ dataDir: process.argv[2] ?? "", durability: "fast" });
const waiting = setInterval(() => undefined, 60_000);

process.on("SIGINT", async () => {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query("SELECT 'still here' AS said");
  console.log(JSON.stringify(rows[0]));
  await client.end();
  await postgres.stop();
  clearInterval(waiting);
});

// Last: whoever reads it may send the signal at once.
console.log(JSON.stringify({ pid: postgres.pid, url: postgres.url }));
