import type { AccessRequestPage } from "../../sdk/types.ts";

/** What a list may lack, because its account could not be read. */
export function IncompleteNote({ of }: { readonly of: AccessRequestPage["incomplete"] }) {
  if (!of || of.length === 0) return null;
  const targets = of.map(({ accountId, region }) => `${accountId} in ${region}`).join(", ");
  return (
    <p class="error" role="status">
      Requests about instances of {targets} may be missing: AWS did not respond there.
    </p>
  );
}
