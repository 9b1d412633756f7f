import { createConnection, listInstances } from "./generated/hey-api";
import { createClient } from "./generated/hey-api/client";

/**
 * Has a key pushed to an instance with a tag, by the client that @hey-api/openapi-ts generates:
 * openapi-ts --input docs/openapi.json --output generated/hey-api
 *
 * @param signedFetch is `fetch` with AWS Signature Version 4, service execute-api.
 */
export async function connectToTagged(
  tag: Record<string, string>,
  publicKey: string,
  api: { readonly url: string; readonly signedFetch: typeof fetch },
) {
  const client = createClient({ baseUrl: api.url, fetch: api.signedFetch });
  const list = await listInstances({ client, query: { tag, limit: 10 } });
  if (list.error) throw new Error(list.error.detail);
  const [instance] = list.data.items;
  if (instance === undefined) return undefined;

  const { instanceId } = instance;
  const { data, error } = await createConnection({ client, path: { instanceId }, body: { publicKey } });
  return error ? { refused: error.code } : { name: instance.name, host: data.host, user: data.user };
}
