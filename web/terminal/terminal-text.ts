/** What a host writes is its own text, and what is pasted is somebody's: both are bounded and cleaned before they are used. */

/** Characters of the longest title that is shown. */
const longestTitle = 80;

/** A title that the host has set, as text for a tab: on one line, bounded, without control or format characters. */
export function cleanTitle(title: string): string {
  const text = title.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ").trim();
  const characters = Array.from(text);
  return characters.length > longestTitle ? `${characters.slice(0, longestTitle - 1).join("")}…` : text;
}

/** Text to paste, without control characters other than tab and line breaks: an escape could end a bracketed paste. */
export const cleanPaste = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it removes
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "");

/** Whether a shell would run what is pasted, line by line, before anybody has read it. */
export const needsQuestion = (text: string, isBracketed: boolean): boolean => !isBracketed && /[\r\n]/.test(text);

/** A link's target in full, as it may be opened: http or https, without a user name. Undefined for anything else. */
export function linkTarget(uri: string): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url.username === "" && url.password === "" ? url.href : undefined;
}

/** A long text with its middle left out, so that a host name at its beginning stays readable. */
export const shorten = (text: string, longest = 200): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 21)}…${text.slice(-20)}`;
