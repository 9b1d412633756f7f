import { useSignal } from "@preact/signals";
import type { AccessRequest } from "../../sdk/types.ts";
import { EndDialog, type Ending } from "./end-dialog.tsx";
import { ExtendDialog } from "./extend-dialog.tsx";
import type { Acts, Reviewed } from "./request-acts.ts";
import { ReviewDialog } from "./review-dialog.tsx";

interface ButtonsProps {
  readonly request: AccessRequest;
  /** Gets the request as it is after a change, and what a review has come to. */
  readonly onChanged: (request: AccessRequest, outcome?: string) => void;
}

const explanations: Readonly<Record<Reviewed, string | undefined>> = {
  request: undefined,
  extension: "Your review is of the extension.",
  further: "Access is active. A further approval counts on instances for which policy asks for more.",
};

interface ReviewButtonsProps extends ButtonsProps {
  /** Undefined: it takes no review. */
  readonly reviewed: Reviewed | undefined;
  readonly name?: string | undefined;
}

/** Approve or deny, after a last look. The dialog outlives the buttons, with what was typed. */
export function ReviewButtons({ request, reviewed, name, onChanged }: ReviewButtonsProps) {
  const open = useSignal<{ decision: "approve" | "deny"; shown: AccessRequest } | undefined>(undefined);
  const press = (decision: "approve" | "deny") => () => {
    open.value = { decision, shown: request };
  };
  const about = `what ${request.subject} asks for`;
  return (
    <>
      {reviewed && explanations[reviewed] ? <p class="hint">{explanations[reviewed]}</p> : null}
      <div class="actions" hidden={reviewed === undefined}>
        <button type="button" class="main" aria-label={`Approve… ${about}`} onClick={press("approve")}>
          Approve…
        </button>
        <button type="button" class="danger" aria-label={`Deny… ${about}`} onClick={press("deny")}>
          Deny…
        </button>
      </div>
      {open.value ? (
        <ReviewDialog
          request={open.value.shown}
          decision={open.value.decision}
          name={name}
          onReviewed={onChanged}
          onClose={() => {
            open.value = undefined;
          }}
        />
      ) : null}
    </>
  );
}

interface EndButtonsProps extends ButtonsProps {
  readonly acts: Acts;
}

const labels: Readonly<Record<Ending, string>> = {
  request: "Cancel the request…",
  extension: "Cancel the extension…",
  own: "End access…",
  other: "Revoke access…",
};

/** More time, or an early end. Their dialogs outlive the buttons, too. */
export function EndButtons({ request, acts: { canExtend, cancels, revokes }, onChanged }: EndButtonsProps) {
  const open = useSignal<Ending | "extend" | undefined>(undefined);
  const endings = [cancels, revokes].filter((ending) => ending !== undefined);
  const onClose = () => {
    open.value = undefined;
  };
  return (
    <>
      <div class="actions" hidden={!canExtend && endings.length === 0}>
        {canExtend ? (
          <button
            type="button"
            onClick={() => {
              open.value = "extend";
            }}
          >
            Ask for more time…
          </button>
        ) : null}
        {endings.map((ending) => (
          <button
            type="button"
            class={ending === "own" || ending === "other" ? "danger" : undefined}
            key={ending}
            onClick={() => {
              open.value = ending;
            }}
          >
            {labels[ending]}
          </button>
        ))}
      </div>
      {open.value === "extend" ? <ExtendDialog {...{ request, onClose }} onDone={onChanged} /> : null}
      {open.value !== undefined && open.value !== "extend" ? (
        <EndDialog {...{ request, onClose }} ending={open.value} onDone={onChanged} />
      ) : null}
    </>
  );
}
