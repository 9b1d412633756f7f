/** An event's data: fields of later versions are data too. */
export type Facts = Readonly<Record<string, unknown>>;

/** A part of a sentence: our words, or a value that is shown as what it is. */
export type Part =
  | string
  /** A caller's id. */
  | { readonly person: string }
  /** An id, an address, a code. */
  | { readonly code: string }
  | { readonly seconds: number }
  /** ISO 8601. */
  | { readonly at: string };

export const textIn = (facts: Facts, name: string): string | undefined => {
  const value = facts[name];
  return typeof value === "string" ? value : undefined;
};

export const recordIn = (facts: Facts, name: string): Facts => {
  const value = facts[name];
  return typeof value === "object" && value !== null ? (value as Facts) : {};
};

/** A value with our words around it, if there is one. */
export const given = (before: string, value: Part | undefined, after?: string): readonly Part[] =>
  value === undefined ? [] : [before, value, ...(after === undefined ? [] : [after])];

export const code = (facts: Facts, name: string): Part | undefined => {
  const text = textIn(facts, name);
  return text === undefined ? undefined : { code: text };
};

export const person = (facts: Facts, name: string): Part | undefined => {
  const id = textIn(facts, name);
  return id === undefined ? undefined : { person: id };
};

export const seconds = (facts: Facts, name: string): Part | undefined => {
  const value = facts[name];
  return typeof value === "number" ? { seconds: value } : undefined;
};

export const moment = (facts: Facts, name: string): Part | undefined => {
  const at = textIn(facts, name);
  return at === undefined || Number.isNaN(Date.parse(at)) ? undefined : { at };
};

export const countIn = (facts: Facts, name: string): number => {
  const value = facts[name];
  return Array.isArray(value) ? value.length : 0;
};
