import type { Latchkey } from "../../sdk/latchkey.ts";
import type { AccessRequest, Operations } from "../../sdk/types.ts";

type Review = Omit<Operations["reviewAccessRequest"]["input"], "id">;

/**
 * Reviews a request as it was shown. While somebody decides, an extension may have been asked for, and the API would apply the
 * review to that.
 *
 * @returns the request after the review; or as it is now, and nothing was reviewed.
 */
export async function sendReview(
  api: Pick<Latchkey, "call">,
  shown: AccessRequest,
  review: Review,
): Promise<{ readonly isReviewed: boolean; readonly request: AccessRequest }> {
  const { id } = shown;
  const now = await api.call("getAccessRequest", { id });
  if (now.extension?.id !== shown.extension?.id) return { isReviewed: false, request: now };
  return { isReviewed: true, request: await api.call("reviewAccessRequest", { id, ...review }) };
}
