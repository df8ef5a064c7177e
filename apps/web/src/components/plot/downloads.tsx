"use client";

/** A plot as SVG or PNG: what is drawn, with the theme's colours written into it, so that it is whole anywhere. */
import { type RefObject, useEffect, useState } from "react";

const styled = ["fill", "stroke", "font-family", "font-size"] as const;

/** The visible drawing, with every colour that a variable stood for. */
function whole(root: HTMLElement): { text: string; width: number; height: number; ground: string } | null {
  const shown = [...root.querySelectorAll("svg")].find((one) => one.getBoundingClientRect().width > 0);
  if (!shown) return null;
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [shown.querySelectorAll("*"), copy.querySelectorAll("*")];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const name of styled) {
      const value = style.getPropertyValue(name);
      if (value) copies[i]?.setAttribute(name, value);
    }
    copies[i]?.removeAttribute("data-card");
    copies[i]?.removeAttribute("class");
  }
  const { width, height } = shown.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.removeAttribute("class");
  const ground = getComputedStyle(document.body).backgroundColor;
  const back = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [
    ["width", "100%"],
    ["height", "100%"],
    ["fill", ground],
  ] as const)
    back.setAttribute(name, value);
  copy.prepend(back);
  return { text: new XMLSerializer().serializeToString(copy), width, height, ground };
}

function save(blob: Blob, file: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

async function png(drawing: NonNullable<ReturnType<typeof whole>>): Promise<Blob | null> {
  const url = URL.createObjectURL(new Blob([drawing.text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    // Twice the size: fit for print.
    canvas.width = 2 * drawing.width;
    canvas.height = 2 * drawing.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function PlotDownloads({ of, file }: { of: RefObject<HTMLElement | null>; file: string }) {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  if (!ready) return null;
  const download = async (format: "svg" | "png") => {
    const drawing = of.current && whole(of.current);
    if (!drawing) return;
    const blob = format === "svg" ? new Blob([drawing.text], { type: "image/svg+xml" }) : await png(drawing);
    if (blob) save(blob, `${file}.${format}`);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => download("svg")}>
        SVG
      </button>
      <button type="button" className="button" onClick={() => download("png")}>
        PNG
      </button>
    </>
  );
}
