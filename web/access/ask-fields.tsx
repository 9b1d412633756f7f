import { useId } from "preact/hooks";
import type { Instance } from "../../sdk/types.ts";
import { helpFor } from "../api/help.ts";
import type { Loaded } from "../api/use-loaded.ts";
import { stateTone } from "../instances/words.ts";
import { Field } from "../ui/field.tsx";
import { State } from "../ui/state.tsx";
import { type AskFaults, type AskField, type AskForm, type Choice, instanceText } from "./ask-form.ts";
import { DurationField } from "./duration-field.tsx";
import { Tags } from "./request-target.tsx";
import { readStart, showUtc } from "./start-time.ts";

export interface AskFieldsProps {
  readonly form: AskForm;
  readonly faults: AskFaults;
  readonly change: (changed: Partial<AskForm>) => void;
}

type TextField = Exclude<AskField, "isBreakGlass">;

/** What an input of one field has. */
const input = ({ form, change }: AskFieldsProps, name: TextField) => ({
  name,
  value: form[name],
  autocomplete: "off",
  spellcheck: false,
  onInput: (event: Event & { readonly currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
    change({ [name]: event.currentTarget.value }),
});

interface InstanceFieldProps extends AskFieldsProps {
  readonly choices: readonly Choice[];
  readonly instance: Loaded<Instance | undefined>;
}

/** One instance, by its name or id. */
export function InstanceField({ choices, instance: { value, error }, ...props }: InstanceFieldProps) {
  const list = useId();
  const unseen = error === undefined ? undefined : helpFor(error).detail;
  return (
    <>
      <Field
        label="Instance"
        hint="Type the start of its name and choose, or give its id."
        error={props.faults.instance ?? unseen}
      >
        <input {...input(props, "instance")} list={list} required />
      </Field>
      <datalist id={list}>
        {choices.map((choice) => (
          <option key={`${choice.accountId}/${choice.region}/${choice.instanceId}`} value={instanceText(choice)} />
        ))}
      </datalist>
      {value === undefined ? null : (
        <p class="chosen">
          <State tone={stateTone(value.state)}>{value.state}</State> <bdi>{value.name}</bdi>{" "}
          <code>{value.instanceId}</code> in {value.accountId}, {value.region} <Tags tags={value.tags} />
        </p>
      )}
    </>
  );
}

/** All instances with certain tags. */
export function TagFields(props: AskFieldsProps) {
  const { faults } = props;
  return (
    <>
      <Field
        label="Tags"
        hint="One KEY=VALUE a line. It covers every instance that has all of them when you connect."
        error={faults.tags}
      >
        <textarea {...input(props, "tags")} rows={3} placeholder="env=prod" required />
      </Field>
      <div class="pair">
        <Field label="Account (may be empty)" error={faults.accountId}>
          <input {...input(props, "accountId")} inputMode="numeric" placeholder="Any" />
        </Field>
        <Field label="Region (may be empty)" error={faults.region}>
          <input {...input(props, "region")} placeholder="Any" />
        </Field>
      </div>
    </>
  );
}

/** As whom, for how long, and why. */
export function TermsFields(props: AskFieldsProps) {
  const { form, faults, change } = props;
  return (
    <>
      <div class="pair">
        <Field label="OS user" error={faults.osUser}>
          <input {...input(props, "osUser")} required placeholder="ec2-user" />
        </Field>
        <DurationField
          label="How long"
          text={form.duration}
          onChange={(duration) => change({ duration })}
          error={faults.duration}
        />
      </div>
      <Field label="Reason" hint="Reviewers go by it, and it stays in the trail." error={faults.reason}>
        <textarea {...input(props, "reason")} spellcheck rows={2} maxLength={500} required />
      </Field>
    </>
  );
}

/** What is asked for more rarely. */
export function RareFields(props: AskFieldsProps) {
  const { form, faults, change } = props;
  const start = form.startsAt === "" ? undefined : readStart(form.startsAt);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <details open={form.startsAt !== ""}>
        <summary>Start later</summary>
        <Field
          label="Start"
          hint={
            start && "at" in start
              ? `That is ${showUtc(start.at)}.`
              : `In your time zone, ${zone}: from a minute to thirty days ahead.`
          }
          error={faults.startsAt}
        >
          <input {...input(props, "startsAt")} type="datetime-local" />
        </Field>
      </details>
      <details open={form.subject !== ""}>
        <summary>For somebody else</summary>
        <Field
          label="Their id"
          hint="They get the access, and you do not. Policy must let you ask for them."
          error={faults.subject}
        >
          <input {...input(props, "subject")} placeholder="You" />
        </Field>
      </details>
      {form.isByTags ? null : (
        <details open={form.isBreakGlass}>
          <summary>Emergency</summary>
          <label class="choice">
            <input
              type="checkbox"
              name="isBreakGlass"
              checked={form.isBreakGlass}
              onChange={(event) => change({ isBreakGlass: event.currentTarget.checked })}
            />{" "}
            Break glass: access at once, without review
          </label>
          {faults.isBreakGlass ? <p class="error">{faults.isBreakGlass}</p> : null}
          <p class="hint">
            For emergencies, if policy lets you. It is marked, raises an event of its own, and is for yourself and from
            now.
          </p>
        </details>
      )}
    </>
  );
}
