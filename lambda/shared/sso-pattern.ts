/** Whether a role stands for all those of IAM Identity Center that differ in their 16 hex digits alone. */
export function isSsoPattern(role: string): boolean {
  return role.endsWith("_*");
}
