import { showDuration } from "../ui/duration.ts";
import { Time } from "../ui/time.tsx";
import type { Part } from "./event-parts.ts";
import { capitalized, type Sentence } from "./event-words.ts";

/** A sentence with the actor as its subject. */
export function Said({ sentence: { actor, parts } }: { readonly sentence: Sentence }) {
  if (actor === undefined) return <Parts parts={capitalized(parts)} />;
  return (
    <>
      <Actor id={actor} /> <Parts parts={parts} />
    </>
  );
}

/** The parts of a sentence, each as what it is. */
export function Parts({ parts }: { readonly parts: readonly Part[] }) {
  return parts.map((part, index) => <PartOf key={index} part={part} />);
}

function PartOf({ part }: { readonly part: Part }) {
  if (typeof part === "string") return part;
  if ("person" in part) return <Actor id={part.person} />;
  if ("seconds" in part) return showDuration(part.seconds);
  if ("at" in part) return <Time at={part.at} />;
  return (
    <code>
      <bdi>{part.code}</bdi>
    </code>
  );
}

/** A caller by their id. `latchkey` is what happens by itself. */
export function Actor({ id }: { readonly id: string }) {
  return <bdi class="person">{id === "latchkey" ? "Latchkey" : id}</bdi>;
}
