export type { CallOptions } from "./call.ts";
export {
  ApiProblem,
  InvalidInput,
  LatchkeyError,
  LoginError,
  type LoginErrorCode,
  NetworkError,
  UnexpectedResponse,
} from "./errors.ts";
export {
  type AccessForConnection,
  AccessNotGranted,
  type ConnectOptions,
  Latchkey,
  type LatchkeyOptions,
} from "./latchkey.ts";
export { refreshedToken, type TokenResponse } from "./refreshed-token.ts";
export type { AwsCredentials, SigningCrypto } from "./sigv4.ts";
export type { HttpRequest, HttpResponse, Transport } from "./transport.ts";
export type { OpenTunnelOptions, TunnelSocket } from "./tunnel.ts";
export type * from "./types.ts";
export type { WaitOptions } from "./wait-for-access.ts";
