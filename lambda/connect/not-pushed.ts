import { Problem } from "../shared/problem.ts";

/** `deadline-exceeded` before any attempt was started: AWS was not asked, so no key was pushed. */
export class NotPushed extends Problem {
  constructor() {
    super("deadline-exceeded");
  }
}
