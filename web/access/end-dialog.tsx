import { useSignal } from "@preact/signals";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { faultAt } from "../api/help.ts";
import { Field } from "../ui/field.tsx";
import { ActDialog } from "./act-dialog.tsx";
import { faultInReason, tidy } from "./ask-form.ts";
import { CommentField } from "./comment-field.tsx";

/** What ends: a pending or scheduled request, a pending extension, or access. */
export type Ending = "request" | "extension" | "own" | "other";

interface EndDialogProps {
  readonly request: AccessRequest;
  readonly ending: Ending;
  readonly onDone: (request: AccessRequest) => void;
  readonly onClose: () => void;
}

const words: Readonly<Record<Ending, { title: string; act: string; hint: string }>> = {
  request: {
    title: "Cancel this request?",
    act: "Cancel the request",
    hint: "Nobody can approve it then. You can ask again.",
  },
  extension: {
    title: "Cancel the extension?",
    act: "Cancel the extension",
    hint: "Access ends when it would have ended without it.",
  },
  own: {
    title: "End your access?",
    act: "End access",
    hint: "A pushed key stays valid for its full 60 seconds, and an open SSH session continues.",
  },
  other: {
    title: "Revoke this access?",
    act: "Revoke access",
    hint: "A pushed key stays valid for its full 60 seconds, and an open SSH session continues.",
  },
};

/** Ends what somebody asked for or was given, with a comment. */
export function EndDialog({ request, ending, onDone, onClose }: EndDialogProps) {
  const comment = useSignal("");
  const instance = useSignal("");
  const fault = useSignal<string | undefined>(undefined);
  const { title, act, hint } = words[ending];
  const isByTags = ending === "other" && "tags" in request.scope;
  const send = () => {
    const said = tidy(comment.value) || undefined;
    fault.value = said && faultInReason(said);
    if (fault.value) return undefined;
    const body = { id: request.id, comment: said };
    const sent =
      ending === "request" || ending === "extension"
        ? api().call("cancelAccessRequest", body)
        : api().call("revokeAccessRequest", { ...body, instanceId: instance.value.trim() || undefined });
    return sent.then(onDone);
  };
  return (
    <ActDialog {...{ title, act, send, onClose }} isDanger>
      {(error) => (
        <>
          <p>{hint}</p>
          <CommentField
            label="Comment (may be empty)"
            {...{ text: comment, error }}
            fault={fault.value}
            pointer="/comment"
          />
          {isByTags ? (
            <Field
              label="By right of an instance (may be empty)"
              hint="The id of an instance it covers, if you may revoke there. Access ends for all instances at once."
              error={faultAt(error, "/instanceId")}
            >
              <input
                value={instance.value}
                onInput={(event) => {
                  instance.value = event.currentTarget.value;
                }}
              />
            </Field>
          ) : null}
        </>
      )}
    </ActDialog>
  );
}
