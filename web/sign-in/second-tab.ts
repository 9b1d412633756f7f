/** Signing in again in a second tab, so that the terminals of the first stay open. Pages of one origin hear each other. */

const prefix = "tab.";
const channelName = "latchkey.sign-in";

/** Whether the provider's return belongs to another tab. */
export function inSecondTab(returned: URLSearchParams): boolean {
  return returned.get("state")?.startsWith(prefix) ?? false;
}

/** Gives the return to the tab that waits for it, which alone can use it: it has the verifier. */
export function forwardReturn(returned: URLSearchParams): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(returned.toString());
  channel.close();
}

/** Waits for the return of a sign-in in another tab. */
export function nextReturn(state: string): Promise<URLSearchParams> {
  const channel = new BroadcastChannel(channelName);
  return new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => {
      const returned = new URLSearchParams(String(data));
      if (returned.get("state") !== state) return;
      channel.close();
      resolve(returned);
    });
  });
}
