import type { PatternElem } from "@cedar-policy/cedar-wasm/nodejs";
import { nameOf } from "../../lambda/policy/authorize.ts";
import { idsLike } from "../../lambda/shared/person-ids.ts";
import type { IdentitySettings } from "../../lambda/shared/settings.ts";
import { canBePersonId, patternOf, textOf } from "../id-patterns.ts";
import { complaintsAboutPerson, patternsOfPeople } from "./check-callers.ts";
import { attributeOf, comparedIn, isNode, literalsIn, type Node, valuesOf } from "./policy-nodes.ts";

const name = "principal.name";

/** A name that is compared, and would be that of nobody: without the setting no caller has one. */
export function complaintsAboutName(node: Node, settings: IdentitySettings): string[] {
  const { nameDomain } = settings.identities;
  // A policy that does not check it first does not build.
  if (attributeOf({ ".": node["has"] }) === name) {
    if (nameDomain === undefined) return [`nobody has a ${name} without the setting identities.nameDomain`];
    const ids = patternsOfPeople(settings).flatMap((pattern) => idsLike(pattern, nameDomain));
    const isAsserted = ids.some((id) => nameOf(id, nameDomain) !== undefined);
    return isAsserted ? [] : [`nobody has a ${name}: no source of identities may assert an id of @${nameDomain}`];
  }
  if (nameDomain === undefined) return [];
  const isName = (value: Node) => attributeOf(value) === name;
  const values = comparedIn(node);
  const compared = (values.some(isName) ? literalsIn(values) : []).flatMap((text) => {
    const [complaint] = text.includes("@")
      ? [`it is the part of an id before @${nameDomain}`]
      : complaintsAboutPerson(`${text}@${nameDomain}`, settings);
    return complaint === undefined ? [] : [`${name} is never "${text}": ${complaint}`];
  });
  const { like } = node;
  if (!isNode(like) || !valuesOf(like["left"]).some(isName)) return compared;
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  const text = textOf(pattern);
  if (!text.includes("@") && canBePersonId([...pattern, ...patternOf(`@${nameDomain}`)])) return compared;
  return [...compared, `${name} is never like "${text}": it is the part of an id before @${nameDomain}`];
}
