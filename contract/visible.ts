/**
 * What does not show as it stands: controls, format characters (direction, zero width), lone surrogates, separators of lines, what is
 * blank or ignored, and each combining mark after the second, since a pile of them covers other lines. For a regular expression with
 * the flag `u`.
 */
export const hidden = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?<=\p{M}{2})\p{M}`;
const hiddenCharacter = new RegExp(hidden, "gu");

/**
 * Text from elsewhere (the API, a server, a tag) as it can be shown: what is hidden becomes visible, so that it cannot move the
 * cursor, colour the screen, hide what follows, or begin a line of its own.
 */
export function visible(text: string): string {
  return text.replace(hiddenCharacter, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** JSON, in which what does not show is escaped: it is the same JSON. */
export function visibleJson(json: string): string {
  return json.replace(hiddenCharacter, (character) => (character === "\n" ? character : escaped(character)));
}

const escaped = (character: string) =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
