import { useSignal } from "@preact/signals";

export interface Sending {
  readonly isSending: boolean;
  /** Why the last attempt failed. */
  readonly error: unknown;
  /** Does it once: while it runs, another press does nothing. */
  readonly send: (act: () => Promise<unknown>) => Promise<void>;
}

/** For what changes something: its button is disabled meanwhile, and a failure keeps what was typed. */
export function useSend(): Sending {
  const isSending = useSignal(false);
  const error = useSignal<unknown>(undefined);
  const send = async (act: () => Promise<unknown>) => {
    if (isSending.peek()) return;
    isSending.value = true;
    error.value = undefined;
    try {
      await act();
    } catch (cause) {
      error.value = cause;
    } finally {
      isSending.value = false;
    }
  };
  return { isSending: isSending.value, error: error.value, send };
}
