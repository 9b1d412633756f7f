import createClient from "openapi-fetch";
import type { paths } from "./generated/schema";

/**
 * Has a key pushed to an instance with a tag, by openapi-fetch and the types of openapi-typescript:
 * openapi-typescript docs/openapi.json -o generated/schema.d.ts
 *
 * @param signedFetch is `fetch` with AWS Signature Version 4, service execute-api.
 */
export async function connectToTagged(
  tag: Record<string, string>,
  publicKey: string,
  api: { readonly url: string; readonly signedFetch: typeof fetch },
) {
  const client = createClient<paths>({ baseUrl: api.url, fetch: api.signedFetch });
  const list = await client.GET("/v1/instances", { params: { query: { tag, limit: 10 } } });
  if (list.error) throw new Error(list.error.detail);
  const [instance] = list.data.items;
  if (instance === undefined) return undefined;

  const { data, error } = await client.POST("/v1/instances/{instanceId}/connections", {
    params: { path: { instanceId: instance.instanceId } },
    body: { publicKey },
  });
  return error ? { refused: error.code } : { name: instance.name, host: data.host, user: data.user };
}
