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
      className="cursor-pointer rounded border border-line p-1.5 text-muted hover:text-ink"
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
