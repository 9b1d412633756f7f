/** Marks, and the vowels and finals of Hangul: they share a column with the character before them. */
const zeroWidth = /^[\p{M}\u1160-\u11ff]$/u;

/** What terminals show in two columns, by Unicode's East_Asian_Width as far as JavaScript has properties for it. */
const doubleWidth =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;
const halfWidth = /^[\uff61-\uffdc]$/;

function characterWidth(character: string): number {
  if (character < "\u007f") return 1;
  if (zeroWidth.test(character)) return 0;
  return doubleWidth.test(character) && !halfWidth.test(character) ? 2 : 1;
}

/** Columns that a terminal shows a line in. @param text has passed `visible`: nothing in it is hidden. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Lines of the text, none of them wider: it is folded before the terminal would. @param most two or more */
export function fold(text: string, most: number): string[] {
  const lines = [""];
  let width = 0;
  for (const character of text) {
    const more = characterWidth(character);
    if (width + more > most) {
      lines.push("");
      width = 0;
    }
    lines.push(`${lines.pop()}${character}`);
    width += more;
  }
  return lines;
}

/** The text if it is no wider, else its beginning and an ellipsis. @param most one or more */
export function cut(text: string, most: number): string {
  return displayWidth(text) <= most ? text : `${most < 2 ? "" : fold(text, most - 1)[0]}…`;
}

/** The text with spaces up to a width. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
