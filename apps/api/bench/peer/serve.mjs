/** PostGraphile 5 with its recommended preset, for the tables and the two functions that ask for a board. */
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env.PEER_DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: 16 },
    }),
  ],
  grafserv: { graphiql: false, watch: false },
};

const server = createServer();
const pgl = postgraphile(preset);
await pgl.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  console.log(`PostGraphile listens on http://127.0.0.1:${port}`);
});
process.once("SIGTERM", () => process.exit(0));
