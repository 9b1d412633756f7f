import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Problem } from "../api/problem.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useSend } from "./use-send.ts";

interface ActDialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly act: string;
  readonly isDanger?: boolean;
  /** Does it. Undefined: something in the form is wrong, and nothing was sent. The dialog closes unless it resolves to false. */
  readonly send: () => Promise<unknown> | undefined;
  /** Gets the last failure, for the fields. */
  readonly children: (error: unknown) => ComponentChildren;
  /** Called when the dialog has closed, done or not. */
  readonly onClose: () => void;
}

/** A dialog with a form that changes something. It closes once that has succeeded. */
export function ActDialog({ title, act, isDanger = false, send, children, onClose }: ActDialogProps) {
  const form = useRef<HTMLFormElement>(null);
  const { isSending, error, send: sendOnce } = useSend();
  const close = () => form.current?.closest("dialog")?.close();
  const submit = (event: Event) => {
    event.preventDefault();
    void sendOnce(async () => {
      const sent = send();
      if (sent !== undefined && (await sent) !== false) close();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={submit} noValidate>
        {children(error)}
        {error === undefined ? null : <Problem error={error} />}
        <div class="actions">
          <button type="submit" class={isDanger ? "danger" : "main"} disabled={isSending}>
            {isSending ? "Sending…" : act}
          </button>
          <button type="button" onClick={close}>
            Back
          </button>
        </div>
      </form>
    </Dialog>
  );
}
