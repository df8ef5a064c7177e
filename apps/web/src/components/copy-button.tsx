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
      setSaid("Copying was blocked. Select the text and copy it yourself.");
    }
  };
  return (
    <span className="mt-2 flex items-center gap-2 text-sm">
      {able && (
        <button type="button" onClick={copy} className="button">
          Copy {what}
        </button>
      )}
      <span role="status" className="text-muted">
        {said}
      </span>
    </span>
  );
}
