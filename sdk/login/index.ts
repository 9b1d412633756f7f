export { LoginError, type LoginErrorCode } from "../errors.ts";
export { type ClientCredentials, clientCredentialsToken } from "./client-credentials.ts";
export type { LoginOptions } from "./login-options.ts";
export { loginToken } from "./login-token.ts";
