import { Latchkey } from "../../sdk/index.ts";
import { fetchTransport } from "../../sdk/transport.ts";

interface Access {
  /** Of the OIDC door. */
  readonly url: string;
  readonly token: () => Promise<string>;
  /** Called when the API takes the token no longer. */
  readonly onRefused: () => void;
}

/** The one API of this page, as the person who is signed in. */
let client: Latchkey | undefined;

export function connectTo({ url, token, onRefused }: Access): void {
  client = new Latchkey({
    url,
    token,
    transport: async (request, options) => {
      const response = await fetchTransport(request, options);
      if (response.status === 401) onRefused();
      return response;
    },
  });
}

/** @throws Error before anybody is signed in: nothing that calls the API is shown until then. */
export function api(): Latchkey {
  if (client === undefined) throw new Error("nobody is signed in");
  return client;
}
