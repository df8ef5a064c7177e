/** What a browser sees at the GraphQL address: how to ask, and a first query. No script and no outside host. */

const EXAMPLE = `query {
  leaderboard(suite: "many-shot-linear", first: 5) {
    suite { title }
    edges { rank node { method { name } aggregate } }
  }
}`;

export const landingPage = (siteUrl: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>transferboard: the API</title>
<style>
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8888; border-radius: 6px; font-size: 0.9rem; }
</style>
</head>
<body>
<h1>transferboard: the API</h1>
<p>This is a GraphQL endpoint: send a POST with a JSON body. Reading needs no token. The boards are at
<a href="${siteUrl}">${siteUrl}</a>; the schema's own descriptions say what everything means.</p>
<pre>curl -s "$ADDRESS/graphql" -H 'content-type: application/json' \\
  --data '{"query": "{ methods { nodes { slug name } } }"}'</pre>
<p>The five best of a board:</p>
<pre>${EXAMPLE}</pre>
<p>Everything that can be asked:</p>
<pre>{ __schema { queryType { fields { name description } } } }</pre>
</body>
</html>
`;
