/** Text that LaTeX prints as it is: no sign acts, none is lost. For pdfLaTeX as people have it, without further packages. */

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  // Two in a row would be a dash.
  "-": "-{}",
  "`": "\\textasciigrave{}",
  '"': "\\char34{}",
  // After a row's end these two would be read as its options.
  "[": "{[}",
  "*": "{*}",
};

/** Greek letters are in the fonts of formulas only. Those that look Latin have no command: they are Latin letters there. */
const GREEK: Readonly<Record<string, string>> = {
  ...named("αβγδεζηθικλμνξπρςστυφχψω", [
    ..."alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi".split(" "),
    ..."pi rho varsigma sigma tau upsilon varphi chi psi omega".split(" "),
  ]),
  ...named("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(" ")),
};

function named(letters: string, commands: readonly string[]): Record<string, string> {
  return Object.fromEntries([...letters].map((letter, i) => [letter, `\\ensuremath{\\${commands[i]}}`]));
}

/** Letters that pdfLaTeX's fonts have: Latin with its accents, and the signs of running text. */
const IN_ITS_FONTS = /[\x20-\x7e\u00a0-\u017f\u2010-\u201e\u2020-\u2022\u2026\u20ac\u2122]/u;

/** On one line. */
export function escapeLatex(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .replace(/-(?=-)|[\\~^<>|`"[*]|[&%$#_{}]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`)
    .replace(/\p{Script=Greek}/gu, (letter) => GREEK[letter] ?? letter);
}

/** The signs of a LaTeX text of ours that pdfLaTeX cannot print; XeLaTeX and LuaLaTeX can, with a font that has them. */
export const beyondPdfLatex = (text: string): string[] => [
  ...new Set([...text].filter((sign) => sign !== "\n" && !IN_ITS_FONTS.test(sign))),
];
