import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";

/** What somebody means who types a text into the search box. */
export type Search =
  | { readonly kind: "none" }
  | { readonly kind: "id"; readonly instanceId: string }
  | { readonly kind: "tag"; readonly key: string; readonly value: string }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "name"; readonly name: string };

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
/** Only as far as it differs from what people call an instance. */
const ipv6 = /^(?=.*:.*:)[0-9a-f:.]+$/i;
/** AWS's names for addresses. */
const dnsName = /^(?:(?:ip|ec2)(?:-[0-9]{1,3}){4}(?:\.|$)|i-[0-9a-f]+\.)[a-z0-9.-]*$/i;

/** An id, an address, a tag as `key=value`, or else the beginning of a name. */
export function readSearch(typed: string): Search {
  const text = typed.trim();
  if (text === "") return { kind: "none" };
  if (fits(contract.instanceId, text)) return { kind: "id", instanceId: text };
  const bare = text.replace(/^\[(.*)\]$/, "$1"); // as in a URL
  if (ipv4.test(bare) || ipv6.test(bare) || dnsName.test(bare)) return { kind: "address", address: bare };
  const [, key, value = ""] = /^([^=]{1,128})=(.*)$/s.exec(text) ?? [];
  if (key !== undefined) return { kind: "tag", key: key.trim(), value: value.trim() };
  return { kind: "name", name: text };
}

/** What Enter does, beyond what typing has done. */
export function enterHint(search: Search): string | undefined {
  if (search.kind === "id") return "Enter opens the instance with this id.";
  if (search.kind === "tag") return "Enter filters by this tag.";
  if (search.kind === "name" && /^i-[0-9a-f]{3,}$/.test(search.name)) {
    return "An instance's id has 8 or 17 digits after i-. Until then this is the beginning of a name.";
  }
  if (search.kind === "name" && /^[0-9.]{4,}$/.test(search.name)) {
    return "An address is found once it is whole. Until then this is the beginning of a name.";
  }
  return undefined;
}
