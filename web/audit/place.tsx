import { placeWords } from "../../contract/event-csv.ts";
import { instanceLink } from "../ui/links.ts";
import { type Facts, textIn } from "./event-parts.ts";

/** The instance of an event, or the tags that it is about. */
export function Place({ facts }: { readonly facts: Facts }) {
  const instanceId = textIn(facts, "instanceId");
  const words = placeWords(facts);
  if (instanceId === undefined) return words === "" ? <>–</> : <bdi>{words.replaceAll(",", ", ")}</bdi>;
  const [accountId, region] = [textIn(facts, "accountId"), textIn(facts, "region")];
  return (
    <a href={instanceLink({ instanceId, accountId, region })}>
      <code>{instanceId}</code>
    </a>
  );
}
