import { type SessionState, steps } from "./session-state.ts";
import { stepNames, wordsFor } from "./session-words.ts";

interface ProgressProps {
  readonly state: SessionState & { is: "connecting" };
  readonly at: number;
}

/** The steps to the prompt, and which of them is being taken. */
export function Progress({ state, at }: ProgressProps) {
  const current = steps.indexOf(state.step);
  return (
    <div class="notice">
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={step} aria-current={index === current ? "step" : undefined} class={index < current ? "done" : ""}>
            {stepNames[step]}
          </li>
        ))}
      </ol>
      <p role="status">{wordsFor(state, at).details.join(" ")}</p>
    </div>
  );
}
