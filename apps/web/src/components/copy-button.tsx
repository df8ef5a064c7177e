"use client";

/** Copies a text. It appears only where the browser can: without script the text stands there to be selected. */
import { useEffect, useState } from "react";

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [able, setAble] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => setAble(Boolean(navigator.clipboard)), []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Copying was blocked: select the text and copy it");
    }
  };
  return (
    <span className="mt-2 flex items-center gap-2 text-sm">
      {able && (
        <button
          type="button"
          onClick={copy}
          className="cursor-pointer rounded border border-line px-2 py-0.5 hover:bg-raised"
        >
          Copy {what}
        </button>
      )}
      <span role="status" className="text-muted">
        {said}
      </span>
    </span>
  );
}
