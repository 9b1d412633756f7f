import { ActDialog } from "./act-dialog.tsx";
import type { AskForm } from "./ask-form.ts";

interface BreakGlassProps {
  readonly form: AskForm;
  /** The instance's. */
  readonly name: string | undefined;
  readonly send: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** The second press for access without review. */
export function BreakGlassDialog({ form, name, send, onClose }: BreakGlassProps) {
  return (
    <ActDialog title="Break glass?" act="Break glass now" isDanger {...{ send, onClose }}>
      {() => (
        <>
          <p>
            You get access to <bdi>{name ?? form.instance.trim()}</bdi> as <code>{form.osUser.trim()}</code> at once,
            without review.
          </p>
          <p>The request and each of its connections are marked as break-glass, and others are told.</p>
        </>
      )}
    </ActDialog>
  );
}
