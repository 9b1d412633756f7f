export { Latchkey, type LatchkeyProps } from "./latchkey.ts";
export type { LatchkeySettings } from "./settings.ts";
export { addTargetStacks, type TargetStacksProps } from "./target-stacks.ts";
