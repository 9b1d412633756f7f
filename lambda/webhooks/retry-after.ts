/**
 * The seconds that a header `Retry-After` asks to wait, from its number or its date.
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 *
 * @returns undefined if there is none, or none that can be understood.
 */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const moment = / GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(moment) ? undefined : Math.max(0, Math.ceil((moment - now.getTime()) / 1000));
}
