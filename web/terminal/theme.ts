import type { ITheme } from "@xterm/xterm";

/** The sixteen colours of each theme. xterm corrects what a program combines so that it stays readable. */
const light: ITheme = {
  ...{ background: "#ffffff", foreground: "#1b1d22", cursor: "#2b50c8", selectionBackground: "#c9d5fa" },
  ...{ black: "#1b1d22", red: "#b3261e", green: "#17753f", yellow: "#8a5a00" },
  ...{ blue: "#2b50c8", magenta: "#8c3a8f", cyan: "#0b6e7d", white: "#5b606b" },
  ...{ brightBlack: "#5b606b", brightRed: "#c9372c", brightGreen: "#1f8a4c", brightYellow: "#9a6700" },
  ...{ brightBlue: "#3b62e0", brightMagenta: "#a24aa5", brightCyan: "#0d8294", brightWhite: "#1b1d22" },
  ...{ scrollbarSliderBackground: "#858a9466", scrollbarSliderHoverBackground: "#858a94aa" },
};

const dark: ITheme = {
  ...{ background: "#0f1115", foreground: "#e7e8ea", cursor: "#93b0ff", selectionBackground: "#33427a" },
  ...{ black: "#31353f", red: "#ff9b92", green: "#6fd398", yellow: "#f0bf5f" },
  ...{ blue: "#93b0ff", magenta: "#dca5e0", cyan: "#7fd6e2", white: "#e7e8ea" },
  ...{ brightBlack: "#8b919e", brightRed: "#ffb4ad", brightGreen: "#95e6b5", brightYellow: "#ffd98a" },
  ...{ brightBlue: "#b3c7ff", brightMagenta: "#ecc3ef", brightCyan: "#a8e7f0", brightWhite: "#ffffff" },
  ...{ scrollbarSliderBackground: "#747b8966", scrollbarSliderHoverBackground: "#747b89aa" },
};

/** Follows the theme of the page. @returns what ends that */
export function followTheme(apply: (theme: ITheme) => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const read = () => apply(query.matches ? dark : light);
  read();
  query.addEventListener("change", read);
  return () => query.removeEventListener("change", read);
}
