import { durationHint, readDuration } from "../../contract/duration.ts";
import { showDuration } from "../ui/duration.ts";
import { Field } from "../ui/field.tsx";
import { usualDurations } from "./duration.ts";

interface DurationFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}

/** A length of time: one of the usual ones by a press, or any other in writing. */
export function DurationField({ label, text, onChange, error }: DurationFieldProps) {
  const seconds = readDuration(text);
  return (
    <div>
      <Field
        label={label}
        error={error}
        hint={seconds === undefined ? durationHint : `That is ${showDuration(seconds)}.`}
      >
        <input required value={text} onInput={(event) => onChange(event.currentTarget.value)} />
      </Field>
      <fieldset class="presets" aria-label={`${label}: usual choices`}>
        {usualDurations.map((usual) => {
          const usualSeconds = readDuration(usual) ?? 0;
          return (
            <button type="button" key={usual} aria-pressed={usualSeconds === seconds} onClick={() => onChange(usual)}>
              {showDuration(usualSeconds)}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}
