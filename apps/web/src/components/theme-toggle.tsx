"use client";

import { ThemeMark } from "./marks";

/** Light or dark against the system's choice, remembered. lib/theme.ts applies it before the first paint. */

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function ThemeToggle() {
  return (
    <button
      type="button"
      className="flex size-9 cursor-pointer items-center justify-center rounded border border-line text-muted hover:text-ink [@media(pointer:coarse)]:size-11"
      onClick={() => {
        const theme = isDark() ? "light" : "dark";
        document.documentElement.dataset.theme = theme;
        try {
          localStorage.setItem("theme", theme);
        } catch {
          // Without storage the choice holds for this page.
        }
      }}
    >
      <ThemeMark />
      <span className="sr-only">Switch between light and dark</span>
    </button>
  );
}
