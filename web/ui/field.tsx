import type { ComponentChild, VNode } from "preact";
import { cloneElement } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  /** One input, select or textarea. */
  readonly children: VNode<Record<string, unknown>>;
  readonly hint?: ComponentChild;
  readonly error?: string | undefined;
}

/** A control with its label, a hint and what is wrong with it, all known to assistive technology. */
export function Field({ label, children, hint, error }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {cloneElement(children, {
        id,
        ...(described && { "aria-describedby": described }),
        ...(error && { "aria-invalid": true }),
      })}
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {error ? (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}
