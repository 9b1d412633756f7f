import { useSignal } from "@preact/signals";
import { durationHint, readDuration } from "../../contract/duration.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { faultAt } from "../api/help.ts";
import { ActDialog } from "./act-dialog.tsx";
import { faultInReason, tidy } from "./ask-form.ts";
import { CommentField } from "./comment-field.tsx";
import { DurationField } from "./duration-field.tsx";

interface ExtendDialogProps {
  readonly request: AccessRequest;
  readonly onDone: (request: AccessRequest) => void;
  readonly onClose: () => void;
}

/** Asks for more time on active access. */
export function ExtendDialog({ request, onDone, onClose }: ExtendDialogProps) {
  const duration = useSignal("1h");
  const reason = useSignal("");
  const faults = useSignal<{ reason?: string | undefined; duration?: string | undefined }>({});
  const send = () => {
    const durationSeconds = readDuration(duration.value);
    faults.value = {
      reason: faultInReason(reason.value),
      duration: durationSeconds === undefined ? durationHint : undefined,
    };
    if (durationSeconds === undefined || faults.value.reason) return undefined;
    const body = { id: request.id, durationSeconds, reason: tidy(reason.value) };
    return api().call("extendAccessRequest", body).then(onDone);
  };
  return (
    <ActDialog title="Ask for more time" act="Ask for more time" {...{ send, onClose }}>
      {(error) => (
        <>
          <DurationField
            label="How much longer"
            text={duration.value}
            onChange={(text) => {
              duration.value = text;
            }}
            error={faults.value.duration ?? faultAt(error, "/durationSeconds")}
          />
          <CommentField
            label="Reason"
            hint="Reviewers go by it, and it stays in the trail."
            {...{ text: reason, error }}
            fault={faults.value.reason}
            pointer="/reason"
          />
        </>
      )}
    </ActDialog>
  );
}
