/** Milliseconds. Two of these, and the reading of keys, are in the function's time. */
const longestExchange = 3000;

export interface FormResponse {
  readonly status: number;
  /** Undefined if it is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Posts a form and reads JSON. @throws Error if nothing comes in time, or a redirect. */
export type PostForm = (url: string, form: Readonly<Record<string, string>>) => Promise<FormResponse>;

export const postForm: PostForm = async (url, form) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(form),
    redirect: "error",
    signal: AbortSignal.timeout(longestExchange),
  });
  return { status: response.status, body: objectIn(await response.text()) };
};

function objectIn(text: string): FormResponse["body"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as FormResponse["body"]) : undefined;
  } catch {
    // Not the parser's error, which quotes what it could not read: that may be a token.
    return undefined;
  }
}
