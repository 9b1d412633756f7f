/** The account and region that an instance is in. Elsewhere, another instance may have its name, or even its id. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

type MaybePlaced = { readonly [Key in keyof Place]?: Place[Key] | undefined };

/** What says to the API which instance is meant. */
export interface InstanceKey extends Partial<Place> {
  readonly instanceId: string;
}

/** What a response says of an instance. */
export interface Located extends Place {
  readonly instanceId: string;
}

/** `ACCOUNT/REGION`, as the API takes them. */
const place = "(?<accountId>[0-9]{12})/(?<region>[a-z0-9-]{1,32})";
const placedText = new RegExp(`^(?<named>.*)@${place}$`, "s");
const placeText = new RegExp(`^${place}$`);

/** Parts `@ACCOUNT/REGION` from what is before it. A text that ends so always names a place, even if an instance is called so. */
export function splitPlace(text: string): { readonly named: string; readonly place?: Place } {
  const { named = text, accountId, region } = placedText.exec(text)?.groups ?? {};
  return { named, ...(accountId !== undefined && region !== undefined && { place: { accountId, region } }) };
}

/** Where an instance is; undefined if that is not known, or nothing that the API could be told. */
export const placeOf = ({ accountId = "", region = "" }: MaybePlaced): Place | undefined =>
  placeText.test(`${accountId}/${region}`) ? { accountId, region } : undefined;

/** `text@ACCOUNT/REGION` */
export const withPlace = (text: string, at: Place | undefined): string =>
  at === undefined ? text : `${text}@${at.accountId}/${at.region}`;

/** What says which instance of a response is meant: to the API, and on a command line. */
export const keyOf = (instance: Located): InstanceKey => ({
  instanceId: instance.instanceId,
  ...placeOf(instance),
});
export const handleOf = (instance: Located): string => withPlace(instance.instanceId, placeOf(instance));
