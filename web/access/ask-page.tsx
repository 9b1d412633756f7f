import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api/client.ts";
import { helpFor } from "../api/help.ts";
import { me } from "../api/me.ts";
import { Problem } from "../api/problem.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { accessLink, requestLink } from "../ui/links.ts";
import { useDelayed } from "../ui/use-delayed.ts";
import { InstanceField, RareFields, TagFields, TermsFields } from "./ask-fields.tsx";
import { type AskFaults, type AskForm, bodyOf, choicesIn, decisionInput, faultsByField, formOf } from "./ask-form.ts";
import { BreakGlassDialog } from "./break-glass-dialog.tsx";
import { lastAsked } from "./last-asked.ts";
import { OutlookCard } from "./outlook-card.tsx";
import { useChoices } from "./use-choices.ts";
import { useSend } from "./use-send.ts";

/** Milliseconds without a key press after which the API is asked about what was typed. */
const typingPause = 300;

/** The form that asks for access: its query fills it in. */
export function AskPage({ query }: { readonly query: URLSearchParams }) {
  return (
    <>
      <h1>Ask for access</h1>
      <Form key={`${query}`} initial={formOf(query)} />
    </>
  );
}

function Form({ initial }: { readonly initial: AskForm }) {
  const form = useSignal(initial);
  const found = useSignal<AskFaults>({});
  const isConfirming = useSignal(false);
  const element = useRef<HTMLFormElement>(null);
  const { isSending, error, send } = useSend();
  const { value: caller } = useLoaded(me, []);
  const typed = form.value;
  const settled = useDelayed(typed, typingPause);
  const { choices, instance } = useChoices(settled.instance, choicesIn(initial));
  const asked = decisionInput(settled, choices);
  const decision = useLoaded(async (signal) => asked && api().call("decide", asked, { signal }), [asked]);
  const change = (changed: Partial<AskForm>) => {
    form.value = { ...form.peek(), ...changed };
    found.value = {};
  };
  const suggested = useRef("");
  const defaultUser = instance.value?.defaultOsUser;
  useEffect(() => {
    const { osUser } = form.peek();
    if (defaultUser === undefined || (osUser !== "" && osUser !== suggested.current)) return;
    suggested.current = defaultUser;
    form.value = { ...form.peek(), osUser: defaultUser };
  }, [defaultUser]);
  const ask = async () => {
    const read = bodyOf(form.peek(), { choices, requirements: decision.value?.requirements });
    if ("faults" in read) return;
    const request = await api().call("createAccessRequest", read.body);
    lastAsked.value = request;
    location.hash = requestLink(request.id);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const read = bodyOf(typed, { choices, requirements: decision.value?.requirements });
    found.value = "faults" in read ? read.faults : {};
    if ("faults" in read) setTimeout(() => element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
    else if (typed.isBreakGlass) isConfirming.value = true;
    else void send(ask);
  };
  const fields = { form: typed, change, faults: { ...faultsByField(helpFor(error).faults), ...found.value } };
  return (
    <form class="ask" ref={element} onSubmit={submit} noValidate>
      <div>
        <fieldset aria-label="What for">
          {[false, true].map((isByTags) => (
            <label class="choice" key={`${isByTags}`}>
              <input
                type="radio"
                name="isByTags"
                checked={typed.isByTags === isByTags}
                onChange={() => change({ isByTags, isBreakGlass: false })}
              />{" "}
              {isByTags ? "Instances with certain tags" : "One instance"}
            </label>
          ))}
        </fieldset>
        {typed.isByTags ? <TagFields {...fields} /> : <InstanceField {...fields} {...{ choices, instance }} />}
        <TermsFields {...fields} />
        <RareFields {...fields} />
      </div>
      {asked ? (
        <OutlookCard decision={decision} asked={asked} isOwn={!asked.subject || asked.subject === caller?.id} />
      ) : null}
      {error === undefined ? null : <Problem error={error} />}
      <div class="actions">
        <button type="submit" class={typed.isBreakGlass ? "danger" : "main"} disabled={isSending}>
          {isSending ? "Sending…" : typed.isBreakGlass ? "Break glass…" : "Ask for access"}
        </button>
        <a class="button" href={accessLink()}>
          Back
        </a>
      </div>
      {isConfirming.value ? (
        <BreakGlassDialog
          form={typed}
          name={instance.value?.name}
          send={ask}
          onClose={() => {
            isConfirming.value = false;
          }}
        />
      ) : null}
    </form>
  );
}
