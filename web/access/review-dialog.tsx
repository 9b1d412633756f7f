import { useSignal } from "@preact/signals";
import { durationHint, readDuration } from "../../contract/duration.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { faultAt } from "../api/help.ts";
import { showDuration } from "../ui/duration.ts";
import { Field } from "../ui/field.tsx";
import { Quoted } from "../ui/quoted.tsx";
import { ActDialog } from "./act-dialog.tsx";
import { faultInReason, tidy } from "./ask-form.ts";
import { CommentField } from "./comment-field.tsx";
import { hasPendingExtension } from "./request-acts.ts";
import { Target } from "./request-target.tsx";
import { outcomeWords } from "./request-words.ts";
import { sendReview } from "./send-review.ts";

interface ReviewDialogProps {
  /** As it was shown when the dialog was opened. */
  readonly request: AccessRequest;
  readonly name?: string | undefined;
  readonly decision: "approve" | "deny";
  /** Gets the request after the review and what has come of it; or as it is now if it had changed, and was not reviewed. */
  readonly onReviewed: (request: AccessRequest, outcome?: string) => void;
  readonly onClose: () => void;
}

/** A last look at what is approved or denied, with a comment, and for how long at most. */
export function ReviewDialog({ request, name, decision, onReviewed, onClose }: ReviewDialogProps) {
  const comment = useSignal("");
  const duration = useSignal("");
  const faults = useSignal<{ comment?: string | undefined; duration?: string | undefined }>({});
  const hasChanged = useSignal(false);
  const isExtension = hasPendingExtension(request);
  const { durationSeconds, reason, requestedBy } = (isExtension && request.extension) || request;
  const isApproval = decision === "approve";
  const send = () => {
    const seconds = duration.value.trim() === "" ? undefined : readDuration(duration.value);
    const said = tidy(comment.value) || undefined;
    faults.value = {
      comment: said && faultInReason(said),
      duration: duration.value.trim() !== "" && seconds === undefined ? durationHint : undefined,
    };
    if (faults.value.comment || faults.value.duration) return undefined;
    const review = { decision, comment: said, ...(isApproval && seconds && { durationSeconds: seconds }) };
    return sendReview(api(), request, review).then((sent) => {
      hasChanged.value = !sent.isReviewed;
      onReviewed(sent.request, sent.isReviewed ? outcomeWords(decision, isExtension, sent.request) : undefined);
      return sent.isReviewed;
    });
  };
  const what = isExtension ? "more time" : "access";
  return (
    <ActDialog
      title={`${isApproval ? "Approve" : "Deny"} ${what}?`}
      act={isApproval ? "Approve" : "Deny"}
      isDanger={!isApproval}
      send={send}
      onClose={onClose}
    >
      {(error) => (
        <>
          <p>
            <bdi>{request.subject}</bdi> asks for{" "}
            {isExtension ? `${showDuration(durationSeconds)} more on ` : "access to "}
            <Target request={request} name={name} /> as <code>{request.osUser}</code>
            {isExtension ? "" : ` for ${showDuration(durationSeconds)}`}.
          </p>
          <Quoted text={reason} by={requestedBy} />
          {hasChanged.value ? (
            <p class="error" role="alert">
              More time was asked for or decided meanwhile, and nothing is reviewed. Go back, and look at it again.
            </p>
          ) : null}
          <CommentField
            label="Comment (may be empty)"
            {...{ text: comment, error }}
            fault={faults.value.comment}
            pointer="/comment"
          />
          {isApproval ? (
            <Field
              label="For at most (may be empty)"
              hint={`Empty: the ${showDuration(durationSeconds)} asked for. The least of all approvals holds.`}
              error={faults.value.duration ?? faultAt(error, "/durationSeconds")}
            >
              <input
                value={duration.value}
                placeholder="30m"
                onInput={(event) => {
                  duration.value = event.currentTarget.value;
                }}
              />
            </Field>
          ) : (
            <p class="hint">
              One denial ends {isExtension ? "the extension; access goes on as before" : "the request"}.
            </p>
          )}
        </>
      )}
    </ActDialog>
  );
}
