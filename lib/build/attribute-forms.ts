import { isIP } from "node:net";
import { osUser } from "../../contract/fields.ts";
import type { TextForm } from "../id-patterns.ts";

/** What the text of an attribute can be. */
export interface AttributeForm {
  readonly words: string;
  readonly isValid: (text: string) => boolean;
  /** For patterns, which take more than the texts themselves. */
  readonly form: TextForm;
}

const form = (characters: RegExp, shortest: number, longest = shortest): TextForm => ({
  takes: (_, character) => characters.test(character),
  shortest,
  longest,
});
const oneOf = (...texts: readonly string[]): AttributeForm => ({
  words: texts.map((text) => `"${text}"`).join(" or "),
  isValid: (text) => texts.includes(text),
  form: form(new RegExp(`[${texts.join("")}]`), 1, 32),
});

/** The attributes of an instance and of a request whose text has a form: a condition on any other text is never true. */
export const attributeForms: Readonly<Record<string, AttributeForm>> = {
  "resource.account": { words: "12 digits", isValid: (text) => /^[0-9]{12}$/.test(text), form: form(/[0-9]/, 12) },
  "resource.region": {
    words: "a region's name, such as eu-west-1",
    isValid: (text) => /^[a-z]+(?:-[a-z]+)+-[0-9]+$/.test(text),
    form: form(/[a-z0-9-]/, 8, 32),
  },
  "resource.vpc": {
    words: "vpc- and 8 or 17 lower-case hex digits",
    isValid: (text) => /^vpc-(?:[0-9a-f]{17}|[0-9a-f]{8})$/.test(text),
    form: {
      takes: (place, character) => (place < 4 ? "vpc-"[place] === character : /[0-9a-f]/.test(character)),
      shortest: 12,
      longest: 21,
    },
  },
  "resource.platform": oneOf("windows"),
  "context.connectionType": oneOf("direct", "eice", "serial"),
  "context.osUser": {
    words: "an OS user, or <instance id>.port0 of a serial console",
    isValid: (text) => osUser.safeParse(text).success,
    form: form(/[A-Za-z0-9@._$-]/, 1, 32),
  },
  "context.address": {
    words: "an IP address, with IPv6 in lower case",
    isValid: (text) => isIP(text) !== 0 && text === text.toLowerCase(),
    form: form(/[0-9a-f.:]/, 2, 45),
  },
};
