/** `transferboard open [WHAT]`: the page of a suite, a measure, a method or a dataset in the browser. */
import { spawn } from "node:child_process";
import type { AddCommand } from "../../context.ts";
import { CommandError } from "../../exit-codes.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { pageOf, siteOption } from "../../server/site.ts";

interface Hit {
  readonly kind: string;
  readonly slug: string;
  readonly path: string;
}

interface Options extends ServerOptions {
  readonly site: string;
  readonly print?: boolean;
}

/** What opens an address on each platform. */
const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

export const addOpen: AddCommand = (program, contextOf) => {
  const command = program
    .command("open")
    .description("open the page of a suite, measure, method or dataset in the browser")
    .argument("[words...]", "its name, or words of it; without words, the home page")
    .addOption(siteOption())
    .option("--print", "only print the address");
  addServerOptions(command, false).action(async (words: string[], options: Options) => {
    const { terminal, ...rest } = contextOf();
    let path = "/";
    if (words.length > 0) {
      const text = words.join(" ");
      const server = new Server(options, { terminal, ...rest });
      const hits = Object.values(
        await server.ask<Record<string, Hit>>(
          "query ($text: String!) { search(text: $text, first: 1) { kind slug path } }",
          { text },
        ),
      );
      const [hit] = hits;
      if (!hit)
        throw new CommandError(
          `nothing has '${text}' in its name: 'transferboard list methods' shows what there is`,
        );
      path = hit.path;
    }
    const address = pageOf(path, options.site);
    terminal.print(address);
    if (options.print) return;
    const [opener, ...args] = openers[process.platform] ?? ["xdg-open"];
    const child = spawn(opener!, [...args, address], { stdio: "ignore", detached: true });
    // Where nothing opens it, the address is there to be copied.
    child.on("error", () => terminal.say("No browser could be opened. Copy the address."));
    child.unref();
  });
};
