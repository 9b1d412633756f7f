/** The account and region that an instance is in. Elsewhere, another instance may have its name, or even its id. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
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

/** Whether these are an account and a region, as the API takes them. */
export const isPlace = ({ accountId, region }: Place): boolean => placeText.test(`${accountId}/${region}`);

/** Whether a text is one of the names that AWS gives hosts. A Name tag never counts as one: anybody may have set it. */
export const isHostName = (text: string): boolean =>
  /^(?:(?:ip|ec2)(?:-[0-9]{1,3}){4}(?:\.|$)|i-[0-9a-f]+\.)/i.test(text);
