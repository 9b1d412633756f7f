import { sessions } from "./sessions.ts";

interface TerminalsProps {
  /** They stay where they are, and open, while another page is shown. */
  readonly isShown: boolean;
  readonly number: number | undefined;
}

export function Terminals({ isShown }: TerminalsProps) {
  return (
    <section hidden={!isShown}>
      <h1>Terminals</h1>
      <p>{sessions.value.length} open</p>
    </section>
  );
}
