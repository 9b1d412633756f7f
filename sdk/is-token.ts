/** The characters of RFC 6750's b64token, and what else stands in tokens: no space, nothing that ends a header's line. */
export const isToken = (text: string) => /^[!-~]+$/.test(text);
