/** What a server may answer instead of what was asked. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { Context } from "../context.ts";
import { makeTerminal } from "../terminal.ts";
import { Server } from "./server.ts";

const context: Context = { terminal: makeTerminal(true), signal: new AbortController().signal };

async function serverThat(answers: RequestListener): Promise<string> {
  const http = createServer(answers).listen(0, "127.0.0.1");
  await new Promise((resolve) => http.once("listening", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

it("waits as long as the server asks for, and sends again", async () => {
  let asked = 0;
  const url = await serverThat((_request, response) => {
    asked++;
    if (asked < 3) response.writeHead(503, { "retry-after": "0" }).end();
    else response.end("ready");
  });
  const answer = await new Server({ server: url }, context).get("/");
  expect([await answer.text(), asked]).toEqual(["ready", 3]);
});

it("does not wait without end", async () => {
  let asked = 0;
  const url = await serverThat((_request, response) => {
    asked++;
    const message = "The database cannot be reached at the moment.";
    response.writeHead(503, { "retry-after": "0" });
    response.end(JSON.stringify({ errors: [{ message, extensions: { code: "UNAVAILABLE" } }] }));
  });
  await expect(new Server({ server: url }, context).get("/")).rejects.toMatchObject({
    exitCode: 6,
    message: "the server says: The database cannot be reached at the moment",
  });
  expect(asked).toBe(4);
});

it.each(["<html>", "[]", "null", '{"data":null}'])("knows that %s is no answer of the API", async (body) => {
  const url = await serverThat((_request, response) => response.end(body));
  await expect(new Server({ server: url }, context).ask("{ viewer }", {})).rejects.toMatchObject({
    exitCode: 6,
    message: `${url} answered 200, but not as the API of transferboard does: check --server`,
  });
});

it("takes the address as people copy it", () => {
  const urlOf = (server: string) => new Server({ server }, context).url;
  for (const end of ["", "/", "/graphql", "/graphql/"]) {
    expect(urlOf(`http://h:1${end}`)).toBe("http://h:1");
    expect(urlOf(`https://h/board${end}`)).toBe("https://h/board");
  }
  expect(() => urlOf("localhost:4000")).toThrow(/--server must be an http/);
});

it("sends the token, and only where there is one", async () => {
  const seen: (string | undefined)[] = [];
  const url = await serverThat((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  await new Server({ server: url, token: "tb_1" }, context).get("/");
  await new Server({ server: url }, context).get("/");
  expect(seen).toEqual(["Bearer tb_1", undefined]);
});
