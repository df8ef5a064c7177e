import type { Metadata } from "next";
import Link from "next/link";
import { CopyButton } from "../../components/copy-button";
import { Verbatim } from "../../components/scroll-region";
import { publicApiUrl } from "../../lib/site";

// The server's address is in it.
export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Evaluate your model" };

const stepsOf = (server: string) => [
  {
    title: "Install and start the board",
    text: "You need Node 20 or later and npm. This starts the board on your machine, with a Postgres of its own.",
    command: "npm start",
  },
  {
    title: "Evaluate a checkpoint",
    text: "Name a checkpoint (.pth, .safetensors or .onnx) and a dataset: a folder of images by class, or one of the paper’s datasets. “digits” is built in.",
    command:
      'npx transferboard evaluate --checkpoint resnet50.pth \\\n  --method my-method --method-name "My Method" --dataset digits',
  },
  {
    title: "Submit the results here",
    text: "Set TRANSFERBOARD_TOKEN to your token, and run the evaluation with the address of this server. A reviewer then decides.",
    command: `npx transferboard evaluate --checkpoint resnet50.pth \\\n  --method my-method --suite many-shot-linear \\\n  --data path/to/datasets --server ${server}`,
  },
];

/** Three commands, from nothing to a row of the board. */
export default function EvaluatePage() {
  return (
    <div className="max-w-3xl">
      <h1 className="text-2xl font-semibold tracking-tight">Evaluate your model</h1>
      <p className="mt-2 text-muted">
        Three commands, without Python: start a board on your machine, evaluate a checkpoint under the paper’s
        protocols, and submit the results.
      </p>
      <ol className="mt-6 space-y-6">
        {stepsOf(publicApiUrl()).map(({ title, text, command }, index) => (
          <li key={title}>
            <h2 className="text-lg font-semibold">
              {index + 1}. {title}
            </h2>
            <p className="mt-1 mb-2 text-sm text-muted">{text}</p>
            <Verbatim label={title}>{command}</Verbatim>
            <CopyButton text={command} what="command" />
          </li>
        ))}
      </ol>
      <p className="mt-6 text-sm">
        Do you have numbers already?{" "}
        <Link className="link" href="/submissions/new" prefetch={false}>
          Submit them
        </Link>{" "}
        as a CSV or JSON file. The{" "}
        <Link className="link" href="/protocols" prefetch={false}>
          protocols
        </Link>{" "}
        say how each value must be measured.
      </p>
    </div>
  );
}
