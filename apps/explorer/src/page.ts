/** The explorer's page and files, for the server that offers it. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the build puts them. */
export const distFolder = join(import.meta.dirname, "..", "dist");

export const isBuilt = () => existsSync(join(distFolder, "explorer.js"));

/** `base`: where the files are served. Nothing of another host is asked for. */
export const explorerPage = (base: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>transferboard: the explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/explorer.css">
</head>
<body>
<div id="explorer">Loading …</div>
<noscript>The explorer needs script. Queries can be sent without it: POST /graphql with a JSON body.</noscript>
<script type="module" src="${base}/explorer.js"></script>
</body>
</html>
`;
