import { startSession } from "../terminal/sessions.ts";
import type { InstanceAddress } from "../ui/links.ts";

export function InstancePage({ address }: { readonly address: InstanceAddress }) {
  return (
    <>
      <h1>{address.instanceId}</h1>
      <button type="button" onClick={() => startSession(address)}>
        Connect
      </button>
    </>
  );
}
