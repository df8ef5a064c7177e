"""A client of transferboard's API in one file, without dependencies: copy it where you need it (Python 3.9 or later).

    from transferboard import Transferboard

    board = Transferboard("http://localhost:4000")
    rows = board.board("many-shot-linear")          # a list of dicts: pandas.DataFrame(rows)
    board.correlation({"measure": "imagenet/imagenet/top1"}, {"suite": "many-shot-linear"})
    board.ask("{ methods { nodes { slug name } } }")

    Transferboard(url, token="...").submit(results, dry_run=True)
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

BOARD = """query ($suite: String!, $first: Int!, $after: String) {
  leaderboard(suite: $suite, first: $first, after: $after) {
    nodes { rank method { slug name }
      cells { value provenance fingerprint interval { lower upper } measure { slug } } }
    pageInfo { hasNextPage endCursor } } }"""

CORRELATION = """query ($x: VariableInput!, $y: VariableInput!) {
  correlation(x: $x, y: $y) { n coefficient pValue interval { lower upper } points { method { slug } x y } } }"""


class TransferboardError(Exception):
    """What the server refused, in its own words; `faults` are a submission's, each a dict with its place."""

    def __init__(self, message, status, faults=()):
        super().__init__(message)
        self.status = status
        self.faults = list(faults)


class Transferboard:
    """The API at `url`; a token is needed to submit."""

    def __init__(self, url="http://localhost:4000", token=None, timeout=60):
        self.url = url.rstrip("/")
        self.token = token
        self.timeout = timeout

    def _send(self, path, body, headers):
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url + path, body.encode("utf-8"), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            try:
                first = json.loads(text)["errors"][0]
            except (ValueError, KeyError, IndexError, TypeError):
                first = {"message": f"The server answered {error.code}."}
            faults = first.get("extensions", {}).get("faults", [])
            raise TransferboardError(first["message"], error.code, faults) from None

    def ask(self, query, variables=None):
        """The data of any GraphQL question."""
        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        answer = self._send("/graphql", json.dumps({"query": query, "variables": variables or {}}), headers)
        if answer.get("errors"):
            raise TransferboardError(answer["errors"][0]["message"], 200)
        return answer["data"]

    def board(self, suite):
        """A board in long form: a dict for each method and measure, all pages of it. Values are in the measure's unit."""
        rows, after = [], None
        while True:
            page = self.ask(BOARD, {"suite": suite, "first": 200, "after": after})["leaderboard"]
            for node in page["nodes"]:
                for cell in node["cells"]:
                    interval = cell["interval"] or {}
                    rows.append(
                        {
                            "method": node["method"]["slug"],
                            "name": node["method"]["name"],
                            "rank": node["rank"],
                            "measure": cell["measure"]["slug"],
                            "value": cell["value"],
                            "lower": interval.get("lower"),
                            "upper": interval.get("upper"),
                            "provenance": cell["provenance"],
                            "protocol": cell["fingerprint"],
                        }
                    )
            if not page["pageInfo"]["hasNextPage"]:
                return rows
            after = page["pageInfo"]["endCursor"]

    def correlation(self, x, y):
        """Two variables over methods; each is {"measure": ...} or {"suite": ...}."""
        return self.ask(CORRELATION, {"x": x, "y": y})["correlation"]

    def submit(self, content, format="json", dry_run=False, key=None, **more):
        """Offers results for review. Several files are a dict of their names to their texts; `more` is what the files do
        not say themselves, such as model="org/name". Raises TransferboardError with every fault by its place."""
        body = content if isinstance(content, str) else json.dumps(content)
        address = urllib.parse.urlencode({"format": format, "dryRun": str(dry_run).lower(), **more})
        told = f"{json.dumps(more)}\n" if more else ""
        digest = hashlib.sha256(f"{format}\n{told}{body}".encode("utf-8")).hexdigest()
        headers = {"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key or digest}
        return self._send(f"/submissions?{address}", body, headers)


def main():
    """python3 transferboard.py SUITE: prints a board as tab-separated values."""
    if len(sys.argv) != 2:
        sys.exit("usage: python3 transferboard.py SUITE")
    board = Transferboard(os.environ.get("TRANSFERBOARD_SERVER", "http://localhost:4000"))
    try:
        rows = board.board(sys.argv[1])
    except TransferboardError as error:
        sys.exit(str(error))
    print("\t".join(rows[0] if rows else []))
    for row in rows:
        print("\t".join("" if value is None else str(value) for value in row.values()))


if __name__ == "__main__":
    main()
