import type * as z from "zod";
import type { RouteName, Routes } from "../../contract/routes.ts";

/** What a call takes: of each part, what the route's schema takes. A part that the route has not is left out. */
export interface CallInput<Name extends RouteName> {
  readonly params?: z.input<Routes[Name]["params"]>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Routes[Name] extends { readonly body: infer Body extends z.ZodType } ? z.input<Body> : never;
}

/** The API, as the route table has it. */
export interface LatchkeyApi {
  /** Where it is, without a slash at its end. */
  readonly url: string;
  /**
   * Makes one call. What changes something bears an Idempotency-Key, so a fault of the network or of AWS is tried once more.
   *
   * @returns the response, held against the route's own schema.
   * @throws ApiProblem for a problem document; Failure for everything else that can go wrong.
   */
  call<Name extends RouteName>(
    name: Name,
    input?: CallInput<Name>,
    signal?: AbortSignal,
  ): Promise<z.output<Routes[Name]["response"]>>;
}
