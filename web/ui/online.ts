import { signal } from "@preact/signals";

/** What the browser says of the network. `true` proves nothing; `false` is certain. */
export const isOnline = signal(true);

/** Follows the browser's word. */
export function watchNetwork(): void {
  const read = () => {
    isOnline.value = navigator.onLine;
  };
  read();
  addEventListener("online", read);
  addEventListener("offline", read);
}
