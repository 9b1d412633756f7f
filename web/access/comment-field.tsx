import type { Signal } from "@preact/signals";
import { faultAt } from "../api/help.ts";
import { Field } from "../ui/field.tsx";

interface CommentFieldProps {
  readonly label: string;
  readonly text: Signal<string>;
  readonly hint?: string;
  /** What is wrong with it, before it is sent. */
  readonly fault?: string | undefined;
  /** Of the last attempt. */
  readonly error: unknown;
  readonly pointer: "/comment" | "/reason";
}

/** A reason or a comment: others read it, and it stays in the trail. */
export function CommentField({ label, text, hint, fault, error, pointer }: CommentFieldProps) {
  return (
    <Field label={label} hint={hint} error={fault ?? faultAt(error, pointer)}>
      <textarea
        rows={2}
        maxLength={500}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
    </Field>
  );
}
