/** package.json's, put in by the bundler. */
export const version = process.env["LATCHKEY_VERSION"] ?? "unbundled";
